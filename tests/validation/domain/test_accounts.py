"""Transfers between the accounts of a character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.ledger.accounts import MOVES, Account, Balance, Kind, Overdrawn, delta

points = st.integers(0, 1000)
balances = st.builds(Balance, points, points, points)
kinds = st.sampled_from(Kind)


def test_every_kind_moves_between_two_accounts() -> None:
    assert MOVES.keys() == set(Kind)
    assert all(debit is not credit for debit, credit in MOVES.values())


@given(balances, kinds, st.integers(1, 1500))
def test_a_transfer_moves_all_it_says_or_nothing(before: Balance, kind: Kind, amount: int) -> None:
    debit, _ = MOVES[kind]
    held = before.earned + amount if debit is Account.ISSUED else getattr(before, debit)
    if amount > held:
        with pytest.raises(Overdrawn):
            before.after(kind, amount)
        return
    after = before.after(kind, amount)
    for account in (Account.AVAILABLE, Account.PENDING, Account.SPENT):
        assert getattr(after, account) == getattr(before, account) + amount * delta(kind, account) >= 0
    # The tenant's own account makes the sum over all of them 0.
    assert after.earned - before.earned == -amount * delta(kind, Account.ISSUED)


@given(st.lists(st.tuples(kinds, st.integers(1, 20)), max_size=40))
def test_only_earning_and_withdrawing_change_what_was_earned(moves: list[tuple[Kind, int]]) -> None:
    balance, earned = Balance(), 0
    for kind, amount in moves:
        try:
            balance = balance.after(kind, amount)
        except Overdrawn:
            continue
        earned -= amount * delta(kind, Account.ISSUED)
        assert balance.earned == earned


@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_at_least_one_point(amount: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Balance(10).after(Kind.RESERVE, amount)
