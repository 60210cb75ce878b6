"""Who gets which name among the strings of one level, compared as they will be after the run.

A family lies on one level, also when a string moves into it from another one, so each level is judged by itself.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.propagation.domain.draft import Draft
from services.propagation.domain.failures import duplicate_value
from services.propagation.domain.wave import NameKey, Node


def settle_names(drafts: Sequence[Draft], idle: Iterable[Node], *, taken: Mapping[NameKey, int]) -> None:
    """Fails each draft whose name another string holds after the run.

    Whoever loses keeps the old name, which can take it from another one, and so on; the result does not depend on the
    order: an owner loses its claim only to a string that keeps that very name, so what it had beaten would lose too.
    """
    claimants = [draft for draft in drafts if draft.failure is None and draft.claim != draft.held]
    if not claimants:
        return
    leaving = {draft.node.id for draft in claimants}
    kept = {node.name_key: node.id for node in idle}
    kept.update((draft.held, draft.node.id) for draft in drafts if draft.node.id not in leaving)
    owners = _owners(claimants)
    losers = [draft for draft in claimants if owners[draft.claim] is not draft or draft.claim in kept]
    if taken:
        losers += [draft for draft in claimants if taken.get(draft.claim, draft.node.id) not in leaving]
    if losers:
        _cascade(losers, owners, kept=kept, taken=taken)


def _owners(claimants: Sequence[Draft]) -> dict[NameKey, Draft]:
    """For each claimed name the earliest claimant; ranked only where a name is contested."""
    owners = {draft.claim: draft for draft in claimants}
    if len(owners) < len(claimants):
        owners = {draft.claim: draft for draft in sorted(claimants, key=lambda draft: draft.rank, reverse=True)}
    return owners


def _cascade(
    losers: Sequence[Draft], owners: Mapping[NameKey, Draft], *, kept: dict[NameKey, int], taken: Mapping[NameKey, int]
) -> None:
    lost: dict[int, Draft] = {}
    waiting = list(losers)
    while waiting:
        draft = waiting.pop()
        if draft.node.id in lost:
            continue
        lost[draft.node.id] = draft
        kept[draft.held] = draft.node.id
        if draft.held in owners:
            waiting.append(owners[draft.held])
    for draft in lost.values():
        owner = owners[draft.claim].node.id
        holder = kept.get(draft.claim, owner if owner not in lost else taken.get(draft.claim, owner))
        draft.failure = duplicate_value(draft.value, holder=holder)
