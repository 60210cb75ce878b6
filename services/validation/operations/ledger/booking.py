"""Books transfers: one statement adds the entries, from what the characters hold, and returns what they hold then.

The trigger on `xp_transfers` takes them into the characters' own columns in the same statement, and refuses what does
not follow from there (docs/adr/0016-the-ledger.md). Who books has locked the characters, in the order of their ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from services.validation.domain.ledger.accounts import MOVES, Account, Balance, Kind, delta
from services.validation.models import Character, XpTransfer
from shared.tenancy import context_of, tenant_of

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
    ids, points = list(amounts), list(amounts.values())
    source = (
        func.unnest(literal(ids, ARRAY(BIGINT)), literal(points, ARRAY(BIGINT)))
        .table_valued(column("character_id", BIGINT), column("amount", BIGINT))
        .render_derived(name="moved")
    )
    values = {name: literal(value, BIGINT) for name, value in (about or {}).items()}
    booking = entries(session, kind, source, reason=reason, **values)
    if alongside is not None:
        booking = booking.add_cte(alongside.cte("alongside"))
    rows = session.execute(booking)
    return settled(session, rows.all())


def entries(
    session: Session, kind: Kind, source: FromClause | CTE, *, reason: str = "", **values: ColumnElement[Any]
) -> ReturningInsert[Any]:
    """The insert of one entry per row of `source` (character_id, amount), to be executed or to be a CTE.

    `values` are further columns of the entries, over `source`.
    """
    debit, credit = MOVES[kind]
    actor = literal(context_of(session).actor)
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
        "reason": literal(reason),
        **values,
    }
    rows = (
        select(*(value.label(name) for name, value in columns.items()))
        .join_from(source, Character, Character.id == source.c.character_id)
        .where(Character.tenant_id == tenant_of(session))
        .order_by(Character.id)
    )
    returned = [getattr(XpTransfer, f"{account}_after") for account in _BALANCES]
    return (
        insert(XpTransfer)
        .from_select(list(columns), rows, include_defaults=False)
        .returning(XpTransfer.character_id, XpTransfer.id, *returned, XpTransfer.entry_no)
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
