"""The second step of a check: the file against the JSON Schema, and the sections of components against theirs."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from services.sync.definitions import pipeline_schema
from services.sync.domain.components import Kind
from services.sync.domain.findings import Finding
from services.sync.operations.components import components
from services.sync.operations.pipelines.reading import escaped

_CODES = {"type": "wrong_type"}
# The sections that name a component by `type` and configure it by `config`.
SECTIONS: Mapping[str, Kind] = {"source": "extractors", "target": "loaders"}


def composed_schema() -> dict[str, Any]:
    """The schema of a whole file, with those of the installed components in it."""
    schema = deepcopy(pipeline_schema())
    for section, kind in SECTIONS.items():
        schema["properties"][section]["allOf"] = [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"properties": {"config": dict(component.schema)}},
            }
            for name, component in components(kind).items()
        ]
    return schema


def check_shape(values: Mapping[str, Any]) -> list[Finding]:
    """Against the schema of the file itself."""
    return check_against(pipeline_schema(), values)


def check_against(schema: Mapping[str, Any], values: Any) -> list[Finding]:
    """Everything in which the values differ from a schema, with pointers into them."""
    errors = Draft202012Validator(schema).iter_errors(values)
    found = [finding for error in errors for finding in _findings(error)]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.pointer)


def _findings(error: ValidationError) -> Iterator[Finding]:
    pointer = "".join(f"/{escaped(str(part))}" for part in error.absolute_path)
    wanted: Any = error.validator_value
    if error.validator == "required":
        for name in wanted:
            if name not in error.instance:  # type: ignore[operator]  # only an object breaks this rule
                yield Finding(f"{pointer}/{escaped(name)}", "missing_field", f"{name} is missing.")
    elif error.validator == "additionalProperties" and isinstance(wanted, bool):
        known = error.schema.get("properties", {})  # type: ignore[union-attr]  # a schema with properties is no boolean
        for name in dict[str, Any](error.instance):  # type: ignore[arg-type]  # only an object breaks this rule
            if name not in known:
                text = f"{name} is not known here; known: {', '.join(known) or 'nothing'}."
                yield Finding(f"{pointer}/{escaped(str(name))}", "unknown_key", text)
    elif error.validator == "oneOf" and all(set(choice) == {"required"} for choice in wanted):
        yield _of_choice(pointer, [choice["required"] for choice in wanted], is_missing=bool(error.context))
    elif error.validator in ("anyOf", "oneOf") and error.context:
        nearest = best_match(error.context)
        yield from _findings(nearest) if nearest.absolute_path != error.absolute_path else [_plain(pointer, error)]
    else:
        yield _plain(pointer, error)


def _of_choice(pointer: str, choices: Sequence[Sequence[str]], *, is_missing: bool) -> Finding:
    """Of keys of which exactly one, or one group, has to be there."""
    said = " or ".join(" with ".join(names) for names in choices)
    if is_missing:
        return Finding(f"{pointer}/{escaped(choices[0][0])}", "missing_field", f"{said} is missing.")
    return Finding(pointer, "invalid_value", f"There may be only one of {said}.")


def _plain(pointer: str, error: ValidationError) -> Finding:
    return Finding(pointer, _CODES.get(str(error.validator), "invalid_value"), _text(error))


def _text(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            words = wanted if isinstance(wanted, str) else " or ".join(wanted)
            return f"This has to be of the type {words}."
        case "enum":
            return f"This has to be one of {', '.join(str(word) for word in wanted)}."
        case "anyOf" | "oneOf":
            return "This has none of the forms that are allowed here."
        case _:
            return f"This does not meet {error.validator}: {wanted}."
