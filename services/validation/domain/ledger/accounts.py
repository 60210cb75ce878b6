"""The accounts of a character, and the kinds of transfers between them.

Each character has the accounts available, pending and spent; its tenant has one account, issued, which alone may be
negative: it is minus what all characters hold. A transfer takes a positive whole amount from one account to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Account(StrEnum):
    ISSUED = "issued"
    AVAILABLE = "available"
    PENDING = "pending"
    SPENT = "spent"


class Kind(StrEnum):
    """What a transfer is for."""

    GRANT = "grant"
    SCENE_AWARD = "scene_award"
    STORY_AWARD = "story_award"
    WEEKLY_AWARD = "weekly_award"
    RESERVE = "reserve"
    POST = "post"
    VOID = "void"
    REVERSE = "reverse"
    WITHDRAW = "withdraw"


EARNING = (Kind.GRANT, Kind.SCENE_AWARD, Kind.STORY_AWARD, Kind.WEEKLY_AWARD)
# Either ends a reservation: it is posted or voided, never both.
RESOLVING = (Kind.POST, Kind.VOID)

# Debit and credit of each kind.
MOVES: Mapping[Kind, tuple[Account, Account]] = MappingProxyType(
    dict.fromkeys(EARNING, (Account.ISSUED, Account.AVAILABLE))
    | {
        Kind.RESERVE: (Account.AVAILABLE, Account.PENDING),
        Kind.POST: (Account.PENDING, Account.SPENT),
        Kind.VOID: (Account.PENDING, Account.AVAILABLE),
        Kind.REVERSE: (Account.SPENT, Account.AVAILABLE),
        Kind.WITHDRAW: (Account.AVAILABLE, Account.ISSUED),
    }
)


class Overdrawn(ValueError):
    """The account holds less than the transfer takes."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a character holds."""

    available: int = 0
    pending: int = 0
    spent: int = 0

    @property
    def earned(self) -> int:
        """Awards and grants minus withdrawals: no other transfer changes the sum."""
        return self.available + self.pending + self.spent

    def after(self, kind: Kind, amount: int) -> "Balance":
        """The balance once the transfer is booked. Raises Overdrawn, and ValueError for an amount below 1."""
        if amount < 1:
            raise ValueError("a transfer moves at least one point")
        debit, credit = MOVES[kind]
        return self._moved(debit, -amount)._moved(credit, amount)

    def _moved(self, account: Account, change: int) -> "Balance":
        if account is Account.ISSUED:
            return self
        held = getattr(self, account) + change
        if held < 0:
            raise Overdrawn(account)
        return replace(self, **{account.value: held})


def delta(kind: Kind, account: Account) -> int:
    """How a transfer of one point changes the account: -1, 0 or 1."""
    debit, credit = MOVES[kind]
    return (account is credit) - (account is debit)
