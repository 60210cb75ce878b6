"""What a mapping has to know of the table it fills."""

from dataclasses import dataclass

# By the type of a column: the types of fields that can be stored in it. Everything has a text.
_STORABLE: dict[str, frozenset[str]] = {
    "integer": frozenset({"integer", "quantity", "enum"}),
    "decimal": frozenset({"decimal", "money", "integer", "quantity", "enum"}),
    "boolean": frozenset({"boolean", "enum"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
    "uuid": frozenset({"uuid"}),
    "ids": frozenset({"ids"}),
}


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column that may be mapped; `type` is one of those of fields (text, integer, decimal, ids, …)."""

    name: str
    type: str = "text"
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None

    @property
    def whole_digits(self) -> int | None:
        return None if self.precision is None else self.precision - (self.scale or 0)

    def stores(self, field_type: str) -> bool:
        storable = _STORABLE.get(self.type)
        return storable is None or field_type in storable
