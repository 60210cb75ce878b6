"""Edges that take several votes: who may cast one, and which of those that were cast still count."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.definition import Edge


@dataclass(frozen=True, slots=True)
class Vote:
    """`verb` is the edge that it is for, `round` the version of the item at which the voting began."""

    verb: str
    round: int
    person: str | None
    behind: str | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes that count for an edge of an item, before the one that is asked for."""

    round: int
    needed: int
    persons: frozenset[str | None] = frozenset()
    cast: int = 0

    @property
    def missing(self) -> int:
        """Votes that are needed after the one that is asked for."""
        return max(0, self.needed - self.cast - 1)


def ballot(votes: Sequence[Vote], *, verb: str, version: int, needed: int) -> Ballot:
    """Each vote counts the item's version up, and so does each edit and each other step: a round goes on as long as
    nothing but its votes has done so. Whatever else happens voids it, and so does a vote for another edge."""
    begun = max((vote.round for vote in votes), default=version)
    of_round = [vote for vote in votes if vote.round == begun]
    if version != begun + len(of_round) or any(vote.verb != verb for vote in of_round):
        return Ballot(version, needed)
    persons = frozenset(person for vote in of_round for person in (vote.person, vote.behind) if person is not None)
    return Ballot(begun, needed, persons, len(of_round))


def refusals(edge: Edge, found: Ballot, persons: frozenset[str | None]) -> list[Finding]:
    """`persons` are the actor and whose permission the actor uses; either of them has one vote only."""
    refused = []
    if edge.voters and not persons & set(edge.voters):
        refused.append(Finding("not_a_voter", f"To {edge.verb} is for those whom the definition names.", status=403))
    if persons & found.persons:
        refused.append(Finding("already_voted", "You have voted for this already; nobody votes twice."))
    return refused


def votes(edge: Edge, needed: int, ask: Ask) -> bool:
    """The system does not vote: what it takes, it takes at once."""
    return not ask.as_system and (needed > 1 or bool(edge.voters))
