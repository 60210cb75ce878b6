"""Facts about rule sets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.errors import Conflict, FieldError, Invalid


class Repeated(FieldError):
    """A value, or several, that another row has already: a conflict where nothing else is wrong."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DefinitionError(FieldError):
    """One thing that is wrong with a rule set: in which rule, at which line and column of the document, at which
    character of an expression; as far as there are any."""

    rule: str | None = None
    line: int | None = None
    column: int | None = None
    position: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class InvalidDefinition(Invalid):
    """A rule set that cannot be understood, with all that is wrong with it."""

    code = "invalid_rule_set"

    def __init__(self, errors: Sequence[DefinitionError]) -> None:
        codes = {error.code for error in errors}
        code = codes.pop() if len(codes) == 1 else None
        super().__init__(errors[0].detail, code=code, errors=errors)


class TooManyRuleSets(Invalid):
    """A tenant has a limited number of sets in use."""

    code = "invalid_rule_set"

    def __init__(self, limit: int) -> None:
        super().__init__(f"There are {limit} rule sets already; retire one first.")


class ReservedName(Conflict):
    """Built-in sets are files of the service."""

    code = "reserved_name"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a built-in rule set; choose another name.")


class NotForRecords(Invalid):
    """The set is about a table: an integrity run judges it."""

    code = "not_for_records"

    def __init__(self, name: str, target: str) -> None:
        super().__init__(f"The rule set {name} is about {target}, not about posted records.")
