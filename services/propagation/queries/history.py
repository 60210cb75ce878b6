"""What strings were before: the versions that runs wrote."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.propagation.domain.values import unpacked
from services.propagation.models import Dimension, StringVersion
from shared.tenancy import tenant_of

REFERENCES = ("parent", "submission")
CUSTOM = "."  # what a custom field's name stands behind
EFFECTIVE = 2  # place of the effective value in a stored detail: value id, text, effective value, inherited, source


def versions(session: Session, string_id: int) -> Select[Any]:
    return select(StringVersion).where(
        StringVersion.tenant_id == tenant_of(session), StringVersion.string_id == string_id
    )


def changed_after(session: Session, string_id: int, version: int) -> dict[str, Any]:
    """What each key that later versions touched held at this version, as versions store it: one statement."""
    keys = func.jsonb_object_keys(StringVersion.details_before.concat(StringVersion.details)).column_valued(
        "key", joins_implicitly=True
    )
    rows = session.execute(
        select(keys, StringVersion.details_before[keys])
        .where(
            StringVersion.tenant_id == tenant_of(session),
            StringVersion.string_id == string_id,
            StringVersion.version > version,
        )
        .order_by(keys, StringVersion.version)
        .ext(distinct_on(keys))
    )
    return {key: before for key, before in rows}


def dimension_names(session: Session, keys: Iterable[str]) -> dict[int, str]:
    """Names of the dimensions among these keys of what changed: one statement."""
    ids = {int(key) for key in keys if key.isdigit()}
    if not ids:
        return {}
    rows = select(Dimension.id, Dimension.name).where(Dimension.tenant_id == tenant_of(session), Dimension.id.in_(ids))
    return {row_id: name for row_id, name in session.execute(rows)}


def field_updates(row: StringVersion, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Each changed detail, custom field and parent with old and new."""
    keys = dict.fromkeys((*row.details_before, *row.details))
    return [update for key in keys for update in _updates(key, row, names)]


def side(value: str | None, changed: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """A name, and what changed with it: details by dimension name, custom fields, the parent."""
    details = {names.get(int(key), key): _effective(key, held) for key, held in changed.items() if key.isdigit()}
    custom = {key[1:]: _effective(key, held) for key, held in changed.items() if key.startswith(CUSTOM)}
    references = {name: changed[name] for name in REFERENCES if name in changed}
    return {"value": value, "details": details, "custom_fields": custom} | references


def _updates(key: str, row: StringVersion, names: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    old, new = row.details_before.get(key), row.details.get(key)
    if key in REFERENCES:
        yield _update(field=key, old=old, new=new)
    elif not key.isdigit():
        shown = (_effective(key, old), _effective(key, new))
        yield _update(field="custom_fields", key=key.removeprefix(CUSTOM), old=shown[0], new=shown[1])
    else:
        is_listed = any(side and side[0] is not None for side in (old, new))
        place = 0 if is_listed else 1
        yield _update(
            field="dimension_value" if is_listed else "dimension_value_freetext",
            dimension=int(key),
            dimension_name=names.get(int(key)),
            old=old[place] if old else None,
            new=new[place] if new else None,
            old_display=_effective(key, old),
            new_display=_effective(key, new),
        )


def _update(**parts: Any) -> dict[str, Any]:
    shown = {"old_display": parts["old"], "new_display": parts["new"]}
    return {"dimension": None, "dimension_name": None, "key": None} | shown | parts


def _effective(key: str, stored: Any) -> Any:
    if key in REFERENCES or stored is None:
        return stored
    return unpacked(stored[EFFECTIVE]) if key.startswith(CUSTOM) else stored[EFFECTIVE]
