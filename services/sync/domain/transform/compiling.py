"""From the section `transform` of a configuration to a compiled mapping, or to everything that is wrong with it."""

from collections.abc import Collection, Iterator
from collections.abc import Mapping as Section
from datetime import UTC, tzinfo
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.findings import Finding
from services.sync.domain.transform.lookups import ON_MISSING, Lookup
from services.sync.domain.transform.mapping import Entry, Mapping
from services.sync.domain.transform.profiles.known import PROFILES
from services.sync.domain.transform.profiles.profile import Profile
from services.sync.domain.transform.targets import TargetColumn
from services.sync.domain.transform.types.known import ANY, TYPES
from services.sync.domain.transform.types.reading import Column, FieldType, OptionRefused, Wish

_ENTRY_KEYS = frozenset({"to", "type", "on_error"})


def compile_mapping(
    transform: Section[str, Any],
    *,
    target: Section[str, TargetColumn] | None,
    tables: Section[str, Collection[str]] | None = None,
    functions: Section[str, Component] | None = None,
    zone: tzinfo = UTC,
    decimal_separator: str | None = None,
) -> tuple[Mapping | None, list[Finding]]:
    """The mapping, None with a finding. Pointers are relative to the section.

    `target` are the columns that may be filled and `tables` what lookups may ask (table to its columns); None where
    that is not known here, so nothing is said about names. `zone` reads times that name none, `decimal_separator` is
    that of all numbers of the source.
    """
    compiler = _Compiler(target, tables, functions or {}, Wish(zone=zone), decimal_separator)
    mapping = compiler.compile(transform)
    return (None if compiler.findings else mapping), compiler.findings


class _Compiler:
    def __init__(
        self,
        target: Section[str, TargetColumn] | None,
        tables: Section[str, Collection[str]] | None,
        functions: Section[str, Component],
        wish: Wish,
        decimal_separator: str | None,
    ) -> None:
        self.findings: list[Finding] = []
        self._target, self._tables, self._functions = target, tables, functions
        self._wish, self._separator = wish, decimal_separator
        self._profile: Profile | None = None
        self._taken: dict[str, str] = {}

    def _find(self, pointer: str, code: str, text: str) -> None:
        self.findings.append(Finding(pointer, code, text))

    def _unknown(self, pointer: str, kind: str, name: object, known: Collection[str]) -> None:
        listed = ", ".join(sorted(known)) or "none"
        self._find(pointer, "unknown_component", f"There is no {kind} {name!r}; known are {listed}.")

    def compile(self, transform: Section[str, Any]) -> Mapping:
        self._profile, profile_options = self._read_profile(transform.get("profile"))
        entries = list(self._entries(transform.get("field_mappings")))
        constants = dict(self._values("constants", transform.get("constants"), taken=True))
        defaults = dict(self._values("defaults", transform.get("defaults"), taken=False))
        functions = list(self._called(transform.get("functions") or []))
        lookups = list(self._lookups(transform.get("lookups") or {}))
        lookups += self._lookups_of_profile({lookup.target for lookup in lookups})
        stored = None if self._target is None else frozenset(self._target)
        return Mapping(entries, constants, defaults, self._profile, profile_options, functions, tuple(lookups), stored)

    # Profile

    def _read_profile(self, given: Any) -> tuple[Profile | None, Section[str, Any]]:
        if given is None:
            return None, {}
        options = dict(given) if isinstance(given, Section) else {"name": given}
        name = options.pop("name", None)
        profile = PROFILES.get(name) if isinstance(name, str) else None
        if profile is None:
            self._unknown("/profile", "profile", name, PROFILES)
            return None, {}
        for key in options.keys() - profile.options.keys():
            self._find(f"/profile/{_part(key)}", "unknown_key", f"The profile {name} has no option {key!r}.")
        return profile, options

    def _lookups_of_profile(self, given: set[str]) -> list[Lookup]:
        """Those whose target is there and not filled otherwise, with the matches whose field is mapped."""
        found = []
        for lookup in self._profile.lookups if self._profile else ():
            known = self._taken.keys() | self._profile.fills if self._profile else frozenset()
            matches = tuple(match for match in lookup.matches if known >= set(match.values()))
            if matches and lookup.target not in given | self._taken.keys() and self._is_column(lookup.target):
                found.append(Lookup(lookup.target, lookup.table, matches, lookup.take, lookup.on_missing))
        return found

    # Field mappings

    def _entries(self, given: Any) -> Iterator[Entry]:
        if not isinstance(given, Section) or not given:
            self._find(
                "/field_mappings", "invalid_type", "field_mappings maps at least one source field to its target."
            )
            return
        for source, wishes in given.items():
            pointer = f"/field_mappings/{_part(source)}"
            many = isinstance(wishes, list)
            for number, wish in enumerate(wishes if many else [wishes]):
                entry = self._entry(str(source), wish, f"{pointer}/{number}" if many else pointer)
                if entry is not None:
                    yield entry

    def _entry(self, source: str, wish: Any, pointer: str) -> Entry | None:
        options = dict(wish) if isinstance(wish, Section) else {"to": wish}
        target = options.get("to")
        if not isinstance(target, str) or not target:
            self._find(pointer, "missing_field", "A mapping needs a target: its name, or an object with `to`.")
            return None
        if not self._may_fill(target, pointer) or not self._take(target, source, pointer):
            return None
        preset = self._profile.types.get(target, {}) if self._profile and "type" not in options else {}
        options = {**preset, **options}
        kind = self._kind(target, options.get("type"), pointer)
        if kind is None:
            return None
        on_error: Any = options.get("on_error", kind.on_error) or "null"  # YAML's own null is meant as well
        if on_error not in ("null", "reject"):
            self._find(f"{pointer}/on_error", "invalid_value", "on_error is null or reject.")
            return None
        column = self._column(kind, target, {k: v for k, v in options.items() if k not in _ENTRY_KEYS}, pointer)
        if column is None:
            return None
        instead = None if "on_error" in options else kind.instead
        return Entry(source, target, column, kind.name, on_error, instead)

    def _kind(self, target: str, named: Any, pointer: str) -> FieldType | None:
        column = (self._target or {}).get(target)
        if named is None:
            helper = self._profile.helper_type(target) if self._profile else None
            default = column.type if column else helper or "any"
            return TYPES.get(default, ANY)
        kind = TYPES.get(named) if isinstance(named, str) else None
        if kind is None:
            self._unknown(f"{pointer}/type", "type", named, TYPES)
        elif column is not None and not column.stores(kind.name):
            text = f"The column {target} holds {column.type}; {kind.name} cannot be stored in it."
            self._find(f"{pointer}/type", "type_mismatch", text)
            return None
        return kind

    def _column(self, kind: FieldType, target: str, options: dict[str, Any], pointer: str) -> Column | None:
        for key in options.keys() - kind.options:
            self._find(f"{pointer}/{_part(key)}", "unknown_key", f"The type {kind.name} has no option {key!r}.")
        column = (self._target or {}).get(target)
        if column is not None and "max_length" in kind.options and column.max_length is not None:
            options["max_length"] = _least(options.get("max_length"), column.max_length)
        if column is not None and "scale" in kind.options and column.scale is not None:
            options.setdefault("scale", column.scale)
        if self._separator is not None and "decimal_separator" in kind.options:
            options.setdefault("decimal_separator", self._separator)
        try:
            return Column(kind, Wish(options, self._wish.zone, column.whole_digits if column else None))
        except OptionRefused as refused:
            self._find(f"{pointer}/{refused.option}", "invalid_value", refused.text)
            return None

    def _is_column(self, name: str) -> bool:
        return self._target is None or name in self._target

    def _may_fill(self, target: str, pointer: str) -> bool:
        if self._is_column(target) or (self._profile is not None and self._profile.helper_type(target) is not None):
            return True
        self._find(
            pointer, "unknown_column", f"The target has no column {target!r}; it has {', '.join(self._target or ())}."
        )
        return False

    def _take(self, target: str, source: str, pointer: str) -> bool:
        if target not in self._taken:
            self._taken[target] = source
            return True
        text = f"{target} is filled twice, from {self._taken[target]!r} and from {source!r}."
        self._find(pointer, "duplicate_target", text)
        return False

    # Constants, defaults, functions, lookups

    def _values(self, section: str, given: Any, *, taken: bool) -> Iterator[tuple[str, Any]]:
        for target, value in (given or {}).items():
            pointer = f"/{section}/{_part(target)}"
            if not self._may_fill(target, pointer) or (taken and not self._take(target, section, pointer)):
                continue
            kind = self._kind(target, None, pointer)
            column = None if kind is None else self._column(kind, target, {}, pointer)
            if column is None:
                continue
            (read,), troubles = column.read([value])
            if troubles:
                self._find(pointer, "invalid_value", troubles[0].text)
            yield target, read

    def _called(self, given: Any) -> Iterator[tuple[str, Any, Section[str, Any]]]:
        for number, wish in enumerate(given):
            pointer = f"/functions/{number}"
            called = wish if isinstance(wish, Section) else {"name": wish}
            name, options = called.get("name"), called.get("options", {})
            component = self._functions.get(name) if isinstance(name, str) else None
            if component is None:
                self._unknown(pointer, "function", name, self._functions)
                continue
            for missing in set(component.schema.get("required", ())) - options.keys():
                self._find(f"{pointer}/options", "missing_field", f"The function {name} needs {missing}.")
            yield component.name, component.build, options

    def _lookups(self, given: Section[str, Any]) -> Iterator[Lookup]:
        for target, wish in given.items():
            pointer = f"/lookups/{_part(target)}"
            if not self._may_fill(target, pointer) or not self._take(target, "lookups", pointer):
                continue
            match, table = wish.get("match"), wish.get("table")
            on_missing: Any = wish.get("on_missing", "park") or "null"
            if on_missing not in ON_MISSING:
                self._find(f"{pointer}/on_missing", "invalid_value", f"on_missing is one of {', '.join(ON_MISSING)}.")
            elif not isinstance(match, Section) or not match or not isinstance(table, str):
                self._find(pointer, "missing_field", "A lookup needs `table` and `match`.")
            elif self._is_table(table, match, wish.get("take", "id"), pointer):
                yield Lookup(target, table, (dict(match),), wish.get("take", "id"), on_missing)

    def _is_table(self, table: str, match: Section[str, Any], take: str, pointer: str) -> bool:
        if self._tables is None:
            return True
        columns = self._tables.get(table)
        if columns is None:
            known = ", ".join(sorted(self._tables))
            self._find(f"{pointer}/table", "unknown_table", f"There is no table {table!r}; there are {known}.")
            return False
        unknown = [name for name in (*match, take) if name not in columns]
        for name in unknown:
            self._find(f"{pointer}/match", "unknown_column", f"The table {table} has no column {name!r}.")
        return not unknown


def _least(wished: Any, possible: int) -> Any:
    return min(wished, possible) if isinstance(wished, int) and wished > 0 else wished or possible


def _part(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
