"""Dependent lists: a value with a parent value stands only beside exactly that parent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.values import EMPTY, Detail, Key


class Dependencies:
    """Which dimension depends on which, and which parent each value asks for (values without one may be left out)."""

    __slots__ = ("_asks_for", "_children_of", "_parent_of")

    def __init__(self, parent_dimension: Mapping[int, int], parent_value: Mapping[int, int]) -> None:
        self._parent_of = parent_dimension
        self._asks_for = parent_value
        self._children_of: dict[int, list[int]] = defaultdict(list)
        for child, parent in parent_dimension.items():
            self._children_of[parent].append(child)

    @property
    def dimensions(self) -> frozenset[int]:
        """All that depend on another or that others depend on."""
        return frozenset(self._parent_of) | frozenset(self._children_of)

    def __bool__(self) -> bool:
        return bool(self._parent_of and self._asks_for)

    def mismatch(self, details: Mapping[Key, Detail | None], *, changed: Iterable[Key]) -> Failure | None:
        """The first changed dimension whose value does not go with the one above or below it in the same string."""
        for key in changed:
            if not isinstance(key, int):
                continue
            for child in (key, *self._children_of.get(key, ())):
                parent = self._parent_of.get(child)
                if parent is not None and self._differs(details.get(child), details.get(parent)):
                    return _mismatch(child, parent)
        return None

    def _differs(self, child: Detail | None, parent: Detail | None) -> bool:
        if child is None or parent is None or child.value.value_id is None:
            return False
        wanted = self._asks_for.get(child.value.value_id)
        return wanted is not None and (parent.value or EMPTY).value_id != wanted


def _mismatch(child: int, parent: int) -> Failure:
    message = f"The value of dimension {child} belongs to another value of dimension {parent} than the string holds."
    return Failure(ErrorType.VALIDATION, "dependent_value_mismatch", message)


NO_DEPENDENCIES = Dependencies({}, {})
