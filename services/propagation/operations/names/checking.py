"""Many names checked beside each other: each read by its rule, its place below its parent, and who has it twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.placement import Note, placed_below
from services.propagation.domain.reading import Answer, read
from services.propagation.domain.rules import Place
from services.propagation.domain.vocabulary import Above, Vocabulary
from services.propagation.operations.names.wanted import Meaning, NameRow, Word, Words
from services.propagation.queries.names import Bearer, bearers
from services.propagation.queries.parts import unpack_parts
from services.propagation.queries.vocabulary import vocabulary_of

Twins = dict[tuple[int, int, str | None, str], list[int]]


@dataclass
class Checker:
    """Everything that rows are checked against, loaded by a constant number of statements.

    `named_here` and `twins` are of all rows of the call: a parent may be among them, and who has the same name.
    """

    words: Words
    vocabulary: Vocabulary
    stored: dict[str, list[Bearer]]
    named_here: dict[str, list[Place]]
    twins: Twins
    dimension_names: list[str]

    @classmethod
    def make(cls, session: Session, rows: Sequence[NameRow], *, default_rule: Word | None = None) -> "Checker":
        words = Words(session, default_rule=default_rule)
        levels = {(meaning.rule_id, meaning.place.id) for meaning in map(words.meaning, rows) if meaning.place}
        dimensions = {
            part.dimension_id: part.dimension_name for level in sorted(levels) for part in words.level(*level).parts
        }
        vocabulary = vocabulary_of(session, dimensions, today=datetime.now(UTC).date())
        parents = {row.parent for row in rows if row.parent}
        return cls(
            words,
            vocabulary,
            bearers(session, parents),
            _named_here(rows, words, parents),
            _twins(rows, words),
            list(dimensions.values()),
        )

    def check(self, row: NameRow) -> dict[str, Any]:
        """One row of the answer."""
        meaning = self.words.meaning(row)
        if meaning.place is None:
            return _told(row, Answer(False, False, (), ()), [meaning.problem] if meaning.problem else [])
        level = self.words.level(meaning.rule_id, meaning.place.id)
        answer = read(row.value, level, self.vocabulary, above=self._above(row, meaning.place))
        return _told(row, answer, list(self._notes(row, meaning)), field_id=meaning.place.id, rule_id=meaning.rule_id)

    def duplicates(self) -> list[dict[str, Any]]:
        """Names that several rows give to the same rule, field and parent."""
        return [{"value": key[3], "rows": numbers} for key, numbers in self.twins.items()]

    def _notes(self, row: NameRow, meaning: Meaning) -> Iterator[Note]:
        assert meaning.place is not None
        note = placed_below(meaning.place, self._parents(row, meaning))
        if note is not None:
            yield note
        twins = self.twins.get(_key(row, meaning))
        if twins is not None:
            told = ", ".join(str(number) for number in twins if number != row.number)
            yield Note("duplicate", f"The same name stands in row {told}.")

    def _parents(self, row: NameRow, meaning: Meaning) -> list[Place] | None:
        """Fields of what has the parent's name on the same platform."""
        if not row.parent:
            return None
        stored = [self.words.places[bearer.field_id] for bearer in self.stored.get(row.parent, ())]
        here = self.named_here.get(row.parent, [])
        return [
            *(found.place for found in stored if found.platform_id == meaning.platform_id),
            *(place for place in here if self.words.places[place.id].platform_id == meaning.platform_id),
        ]

    def _above(self, row: NameRow, place: Place) -> Above:
        """What the parent holds, as far as its name shows it."""
        for bearer in self.stored.get(row.parent or "", ()):
            if self.words.places[bearer.field_id].place.next_id == place.id:
                return _held(self.words.level(bearer.rule_id, bearer.field_id), bearer.parts)
        return {}


def _named_here(rows: Iterable[NameRow], words: Words, parents: set[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for row in rows:
        place = words.meaning(row).place if row.value in parents else None
        if place is not None and place not in found.setdefault(row.value, []):
            found[row.value].append(place)
    return found


def _twins(rows: Iterable[NameRow], words: Words) -> Twins:
    found: Twins = {}
    for row in rows:
        found.setdefault(_key(row, words.meaning(row)), []).append(row.number)
    return {key: numbers for key, numbers in found.items() if len(numbers) > 1 and key[0]}


def _key(row: NameRow, meaning: Meaning) -> tuple[int, int, str | None, str]:
    return meaning.rule_id, meaning.place.id if meaning.place else 0, row.parent or None, row.value


def _held(level: RuleLevel, parts: str) -> Above:
    values = level.padded(unpack_parts(parts, count=len(level.parts)))
    return {part.dimension_id: value for part, value in zip(level.parts, values, strict=True) if value}


def _told(
    row: NameRow, answer: Answer, notes: Sequence[Note], *, field_id: int | None = None, rule_id: int | None = None
) -> dict[str, Any]:
    errors = [{"code": note.code, "message": note.message} for note in notes if note.is_error]
    return {
        "row": row.number,
        "value": row.value,
        "field": field_id,
        "rule": rule_id,
        "parent": row.parent,
        "valid": answer.matches and not errors,
        **told(answer),
        "errors": errors,
        "warnings": [{"code": note.code, "message": note.message} for note in notes if not note.is_error],
    }


def told(answer: Answer) -> dict[str, Any]:
    """What was read, as answers show it."""
    return {
        "matches": answer.matches,
        "ambiguous": answer.is_ambiguous,
        "readings": [
            [
                {
                    "dimension": found.part.dimension_id,
                    "dimension_name": found.part.dimension_name,
                    "text": found.text,
                    "dimension_value": found.known.id if found.known else None,
                }
                for found in reading
            ]
            for reading in answer.readings
        ],
        "reasons": [reason._asdict() for reason in answer.reasons],
    }


@dataclass
class Counts:
    """Figures over the rows of an answer; `counts` is by reason: a row counts once for each code that it has."""

    total: int = 0
    valid: int = 0
    ambiguous: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any]) -> None:
        self.total += 1
        self.valid += row["valid"]
        self.ambiguous += row["ambiguous"]
        self.counts.update({note["code"] for kind in ("reasons", "errors", "warnings") for note in row[kind]})

    def as_dict(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "valid": self.valid,
            "invalid": self.total - self.valid,
            "ambiguous": self.ambiguous,
            "counts": dict(sorted(self.counts.items())),
        }
