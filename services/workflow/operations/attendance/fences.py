"""The shape of a geofence: a circle has a centre and a radius, a polygon has vertices, neither has both."""

from typing import Any

from sqlalchemy.orm import Session

from shared.errors import FieldError, Invalid

_SHAPES = {"circle": ("latitude", "longitude", "radius_m"), "polygon": ("vertices",)}
_ALL = [name for names in _SHAPES.values() for name in names]


def check_shape(_session: Session, fence: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Values to store for a fence (None for a new one); another kind drops the old shape. Raises Invalid."""
    values = dict(values)
    if "centre" in values:
        values["latitude"], values["longitude"] = values.pop("centre") or (None, None)
    kind = values.get("kind") or fence.kind
    is_kept = fence is not None and fence.kind == kind
    shape = {name: values.get(name, getattr(fence, name) if is_kept else None) for name in _ALL}
    missing = [name for name in _SHAPES[kind] if shape[name] is None]
    alien = [name for name in _ALL if name not in _SHAPES[kind] and shape[name] is not None]
    errors = [FieldError(f"/{name}", "required", f"A {kind} needs {name}.") for name in missing]
    errors += [FieldError(f"/{name}", "unfit", f"A {kind} has no {name}.") for name in alien]
    if errors:
        raise Invalid(" ".join(error.detail for error in errors), errors=errors)
    return values | shape
