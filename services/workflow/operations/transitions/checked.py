"""What the stages say of one item, and of a set of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.workflow.domain.machines.asking import Finding
from services.workflow.domain.machines.checking import Verdict
from services.workflow.domain.machines.voting import Ballot
from services.workflow.operations.transitions.lifecycle import Wanted
from shared.versioning import VersionConflict

NOT_FOUND = Finding("not_found", "There is no such item.", status=404)


@dataclass(slots=True)
class Checked:
    """One wanted item: its row (None: not found), what the stages say, what would be stamped and noted; the votes
    before this one where its edge takes several."""

    wanted: Wanted
    row: Any = None
    verdict: Verdict | None = None
    facts: Any = None
    stamps: Mapping[str, Any] | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    conflict: VersionConflict | None = None
    ballot: Ballot | None = None

    @property
    def findings(self) -> Sequence[Finding]:
        return self.verdict.findings if self.verdict else [NOT_FOUND]

    @property
    def moves(self) -> bool:
        """Whether it passes, is not there already, and no vote is missing."""
        passes = self.verdict is not None and self.verdict.passes and not self.verdict.unchanged
        return passes and (self.ballot is None or self.ballot.missing == 0)

    @property
    def to_state(self) -> str | None:
        """Where the item is going; a vote that others have to follow leaves it where it is."""
        if self.verdict is None:
            return None
        return self.verdict.from_state if self.votes and not self.moves else self.verdict.to_state

    @property
    def votes(self) -> bool:
        """Whether what was asked for is a vote, be it the last one."""
        return self.verdict is not None and self.verdict.passes and self.ballot is not None


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """`items` in the order that was asked for."""

    items: Sequence[Checked]
    lock_wait_ms: float
