"""Rows before the rule sets of the validation service, block by block; nothing is loaded that was not judged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from services.sync.domain.pages import Fault
from services.sync.errors import RuleSetNotFound, ValidationRefused, ValidationUnavailable
from shared.outbound import Answer, Refused, ServiceClient, Unreachable
from shared.tenancy import Context

BLOCK_ROWS, BLOCK_BYTES = 5_000, 8 * 1024 * 1024
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_ENVELOPE = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """By place in the columns: what is wrong with rows that fail, and which rows have a warning."""

    broken: Mapping[int, list[Fault]]
    warned: frozenset[int]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the rows of one run. `pause` waits and ends the run when its time is over."""

    client: ServiceClient | None
    context: Context
    name: str
    label: str
    version: int | None = None
    waits: bool = True
    pause: Callable[[float], None] = lambda _seconds: None

    def judge(self, columns: Mapping[str, Sequence[Any]], *, first_row: int) -> Verdict:
        """`first_row` tells these rows from all others of the run, and is the same when they come again: blocks are
        numbered by it. Raises ValidationUnavailable, ValidationRefused, RuleSetNotFound.
        """
        broken: dict[int, list[Fault]] = {}
        warned: set[int] = set()
        for first, records in _blocks(columns):
            said = self._evaluate(records, first_row + first)
            told = {failure["index"]: failure["violations"] for failure in said.get("failures", ())}
            for index in said["failed_indexes"]:
                broken[first + index] = _faults(told.get(index, ()))
            warned |= {first + index for index in said["warned_indexes"]}
        return Verdict(broken, frozenset(warned))

    def _evaluate(self, records: list[orjson.Fragment], number: int) -> Mapping[str, Any]:
        body: dict[str, Any] = {"records": records, "label": self.label, "page": number}
        if self.version is not None:
            body["version"] = self.version
        wait = _FIRST_WAIT
        while True:
            try:
                return _read(self._call(body))
            except Unreachable as failure:
                reason = failure.detail
            except Refused as refusal:
                if refusal.answered == 404:
                    raise RuleSetNotFound(self.name) from None
                if not refusal.may_pass and refusal.answered < 500:
                    raise ValidationRefused(refusal.problem.get("detail") or refusal.detail) from None
                reason = refusal.detail
            if not self.waits or self.client is None:
                raise ValidationUnavailable(reason)
            self.pause(wait)
            wait = min(_LONGEST_WAIT, wait * 2)

    def _call(self, body: Mapping[str, Any]) -> Answer:
        if self.client is None:
            raise Unreachable("validation", "not configured")
        path = f"/api/validation/v1/rule-sets/{self.name}/evaluate"
        return self.client.call("POST", path, context=self.context, permissions=("rules.evaluate",), json=body)


def _read(answer: Answer) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict) or not {"failed_indexes", "warned_indexes"} <= said.keys():
        raise ValidationRefused("The validation service gave no verdict.")
    return said


def _faults(violations: Sequence[Mapping[str, Any]]) -> list[Fault]:
    found = [
        Fault(
            str(said.get("code") or said.get("rule")),
            str(said.get("message", "")),
            said.get("field"),
            said.get("rule"),
            said.get("value"),
        )
        for said in violations
    ]
    return found or [Fault("rule_set", "The row breaks the rule set.")]


def _blocks(columns: Mapping[str, Sequence[Any]]) -> Iterator[tuple[int, list[orjson.Fragment]]]:
    """At most so many records and so many bytes each, with the place of the first record."""
    names = list(columns)
    block: list[orjson.Fragment] = []
    first = size = 0
    for at, values in enumerate(zip(*columns.values(), strict=True)):
        content = orjson.dumps(dict(zip(names, map(_number, values), strict=True)), default=_plain)
        if block and (len(block) == BLOCK_ROWS or size + len(content) + _ENVELOPE > BLOCK_BYTES):
            yield first, block
            block, first, size = [], at, 0
        block.append(orjson.Fragment(content))
        size += len(content) + 1
    if block:
        yield first, block


def _number(value: Any) -> Any:
    """Decimals as JSON numbers with all their digits."""
    return orjson.Fragment(format(value, "f").encode()) if isinstance(value, Decimal) else value


def _plain(value: Any) -> Any:
    return _number(value) if isinstance(value, Decimal) else str(value)
