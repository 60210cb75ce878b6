"""Books transfers: one statement adds the entries, from what the characters hold, and returns what they hold then.

The trigger on `xp_transfers` takes them into the characters' own columns in the same statement, and refuses what does
not follow from there (docs/adr/0016-the-ledger.md). Who books has locked the characters, in the order of their ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, bindparam, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, TEXT, UUID
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from services.validation.domain.ledger.accounts import MOVES, Account, Balance, Kind, delta
from services.validation.models import Base, Character
from shared.tenancy import context_of, tenant_of

_TRANSFERS = Base.metadata.tables["xp_transfers"]
_BALANCES = {Account.AVAILABLE: "xp", Account.PENDING: "xp_pending", Account.SPENT: "xp_spent"}


@dataclass(frozen=True, slots=True)
class Booked:
    """The entry of one character, and what it holds since then."""

    transfer_id: int
    balance: Balance


def book(
    session: Session,
    kind: Kind,
    amounts: Mapping[int, int],
    *,
    reason: str = "",
    about: Mapping[str, int] | None = None,
    alongside: ReturningUpdate[Any] | None = None,
) -> dict[int, Booked]:
    """One entry for each character in `amounts` (id to points). `about` are columns of all entries that say what for.

    `alongside` is a change that belongs to the same statement.
    """
    session.flush()
    if not amounts:
        if alongside is not None:
            session.execute(alongside)
        return {}
    booking = _booking(kind, tuple(about or {}))
    if alongside is not None:
        booking = booking.add_cte(alongside.cte("alongside"))
    moved = {"ids": list(amounts), "points": list(amounts.values())}
    return settled(session, session.execute(booking, given(session, reason) | moved | dict(about or {})).all())


@cache
def _booking(kind: Kind, about: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Built once. Takes what `given` has, `ids` and `points`, and the columns of `about`."""
    source = (
        func.unnest(bindparam("ids", type_=ARRAY(BIGINT)), bindparam("points", type_=ARRAY(BIGINT)))
        .table_valued(column("character_id", BIGINT), column("amount", BIGINT))
        .render_derived(name="moved")
    )
    booked = entries(kind, source, **{name: bindparam(name, type_=BIGINT) for name in about}).cte("booked")
    return select(*booked.c)


def given(session: Session, reason: str) -> dict[str, Any]:
    """The parameters that every entry has."""
    return {"tenant": tenant_of(session), "actor": context_of(session).actor, "reason": reason}


def entries(kind: Kind, source: FromClause | CTE, **values: ColumnElement[Any]) -> ReturningInsert[Any]:
    """The insert of one entry per row of `source` (character_id, amount), as a CTE of a statement that takes what
    `given` has. `values` are further columns of the entries, over `source`.
    """
    debit, credit = MOVES[kind]
    actor = bindparam("actor", type_=TEXT)
    held = {
        f"{account}_after": getattr(Character, name) + delta(kind, account) * source.c.amount
        for account, name in _BALANCES.items()
    }
    columns: dict[str, ColumnElement[Any]] = {
        "tenant_id": Character.tenant_id.expression,
        "character_id": Character.id.expression,
        "entry_no": Character.ledger_entries + 1,
        "kind": literal(kind.value),
        "debit_account": literal(debit.value),
        "credit_account": literal(credit.value),
        "amount": source.c.amount,
        **held,
        "actor": actor,
        "created_by": actor,
        "reason": bindparam("reason", type_=TEXT),
        **values,
    }
    rows = (
        select(*(value.label(name) for name, value in columns.items()))
        .join_from(source, Character, Character.id == source.c.character_id)
        .where(Character.tenant_id == bindparam("tenant", type_=UUID))
        .order_by(Character.id)
    )
    names = ["character_id", "id", *(f"{account}_after" for account in _BALANCES), "entry_no"]
    return (
        insert(_TRANSFERS)
        .from_select(list(columns), rows, include_defaults=False)
        .returning(*(_TRANSFERS.c[name] for name in names))
    )


def settled(session: Session, rows: Any) -> dict[int, Booked]:
    """What was booked, by character; characters that the session has loaded show it as well."""
    booked = {}
    for character_id, transfer_id, available, pending, spent, entry_no in rows:
        booked[character_id] = Booked(transfer_id, Balance(available, pending, spent))
        known = session.identity_map.get(session.identity_key(Character, (tenant_of(session), character_id)))
        if known is not None:
            shown = {"xp": available, "xp_pending": pending, "xp_spent": spent, "ledger_entries": entry_no}
            for name, value in shown.items():
                set_committed_value(known, name, value)
    return booked


def balance_of(character: Character) -> Balance:
    return Balance(character.xp, character.xp_pending, character.xp_spent)
