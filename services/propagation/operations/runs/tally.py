"""What a run has come to so far, over all of its waves, in bounded memory."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace

from services.propagation.domain.plan import Change, Conflict, LeftOut, ManyChildren, Skipped, WavePlan
from services.propagation.operations.runs.walking import Planned

LISTED = 1000
ERRORS_SHOWN = 20
_SEEN_BITS = 2**128 - 1


@dataclass
class Tally:
    """Counts are exact; lists are cut at what an answer shows. `sees` is for whoever asks for `seen`: it costs."""

    processed: int = 0
    failed: int = 0
    skipped: int = 0
    stale: int = 0
    truncated: bool = False
    by_level: Counter[int] = field(default_factory=Counter)
    by_update: Counter[int] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    skipped_strings: list[Skipped] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    warnings: list[ManyChildren] = field(default_factory=list)
    parents: dict[int, int | None] = field(default_factory=dict)
    sees: bool = True
    _seen: int = 0

    @property
    def affected(self) -> int:
        """Unique strings that change, the directly named ones included."""
        return self.processed

    @property
    def total(self) -> int:
        return self.processed + self.failed + self.skipped

    @property
    def max_depth(self) -> int:
        """Levels included, the direct one being the first."""
        return max(self.by_level, default=-1) + 1

    @property
    def seen(self) -> str:
        """Digest of the versions of all strings that the plan saw, in whatever order, and of the names that it gives:
        an edited rule or a renamed value shows in nothing else."""
        return f"{self._seen:032x}"

    def shown(self, *, regenerate: bool) -> "Tally":
        """As an answer counts it: with the kill switch choices are stored, but no string is affected."""
        if regenerate:
            return self
        return replace(self, processed=0, by_level=Counter(), by_update=Counter(), changes=[])

    def add(self, planned: Planned) -> None:
        plan = planned.plan
        self.processed += len(plan.changes)
        self.failed += len(plan.failed)
        self.skipped += len(plan.skipped)
        self.stale += len(plan.stale)
        self.truncated |= plan.truncated
        self.by_level.update(plan.by_level)
        for updates, count in Counter(change.updates for change in plan.changes).items():
            self.by_update.update(dict.fromkeys(updates, count))
        self.left_out += plan.failed
        if len(self.changes) < LISTED:
            self.parents.update((node.id, node.parent_id) for node in planned.nodes)
        self._list(plan)
        if self.sees:
            self._see(planned)

    def _see(self, planned: Planned) -> None:
        """Adds a digest for each string, so that the sum is the same in whatever order they come."""
        names = {change.string_id: change.value for change in planned.plan.changes}
        for node in planned.nodes:
            fact = f"{node.id}:{node.version}:{node.children}={names.get(node.id, '')}"
            digest = hashlib.blake2b(fact.encode(), digest_size=16).digest()
            self._seen += int.from_bytes(digest)
        self._seen &= _SEEN_BITS

    def _list(self, plan: WavePlan) -> None:
        self.changes += plan.changes[: max(0, LISTED - len(self.changes))]
        self.conflicts += plan.conflicts[: max(0, LISTED - len(self.conflicts))]
        self.warnings += plan.warnings[: max(0, LISTED - len(self.warnings))]
        self.skipped_strings += plan.skipped[: max(0, LISTED - len(self.skipped_strings))]
