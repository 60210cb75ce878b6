"""Which items a bulk call names: each once, in the order and in the form in which they were sent."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

Sent = int | str
MAX_ID = 2**63 - 1
_NUMBER = re.compile(r"-?[0-9]{1,40}")


class TwoVersions(Exception):
    """The same item was named with two different versions."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(f"{sent} was sent with two different versions")
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Pick:
    """One item that is meant. `id` is None for what cannot be an id: there is no such item."""

    sent: Sent
    id: int | None
    version: int | None = None


def picked(named: Iterable[tuple[Sent, int | None]]) -> tuple[list[Pick], list[Sent]]:
    """The picks, and what was sent more than once (`5` and `"5"` are the same). Raises TwoVersions."""
    picks: dict[int | str, Pick] = {}
    repeated: dict[int | str, Sent] = {}
    for sent, version in named:
        number = _number(sent)
        key = str(sent) if number is None else number
        known = picks.get(key)
        if known is None:
            picks[key] = Pick(sent, number if number is not None and 0 < number <= MAX_ID else None, version)
            continue
        repeated[key] = known.sent
        if version is not None and known.version not in (None, version):
            raise TwoVersions(known.sent)
        picks[key] = replace(known, version=known.version if version is None else version)
    return list(picks.values()), list(repeated.values())


def _number(sent: Sent) -> int | None:
    if isinstance(sent, int):
        return sent
    return int(sent) if _NUMBER.fullmatch(sent) else None


def repeated_warning(repeated: Sequence[Sent]) -> str:
    return f"duplicate_ids: Sent more than once and handled once: {', '.join(map(str, repeated))}."
