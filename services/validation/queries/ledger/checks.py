"""What must hold of a tenant's ledger, each as a query for what breaks it.

Every query returns the id that is at fault: of a character, an entry or a request. They read all rows of the tenant,
each table once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.tenancy import tenant_of


def _moved(account: str) -> str:
    return f"case '{account}' when credit_account then amount when debit_account then -amount else 0 end"


# ruff: noqa: S608 - the queries are made of constants of this file


def _differs(projection: str, account: str) -> str:
    return f"""
        select c.id from characters c left join (
            select character_id, sum({_moved(account)}) as held, max(entry_no) as entries
            from xp_transfers where tenant_id = :tenant group by character_id
        ) t on t.character_id = c.id
        where c.tenant_id = :tenant and (c.{projection}, c.ledger_entries)
            is distinct from (coalesce(t.held, 0), coalesce(t.entries, 0))"""


def _twice(*columns: str) -> str:
    listed = ", ".join(columns)
    return f"""
        select max(id) from xp_transfers where tenant_id = :tenant and {columns[0]} is not null
        group by {listed} having count(*) > 1"""


CHECKS: Final[Mapping[str, str]] = {
    "xp_matches_ledger": _differs("xp", "available"),
    "pending_matches_ledger": _differs("xp_pending", "pending"),
    "spent_matches_ledger": _differs("xp_spent", "spent"),
    "entries_continuous": f"""
        select id from (
            select id, entry_no, row_number() over entries as expected,
                available_after - lag(available_after, 1, 0::bigint) over entries - {_moved("available")} as available,
                pending_after - lag(pending_after, 1, 0::bigint) over entries - {_moved("pending")} as pending,
                spent_after - lag(spent_after, 1, 0::bigint) over entries - {_moved("spent")} as spent
            from xp_transfers where tenant_id = :tenant
            window entries as (partition by character_id order by entry_no)
        ) t where entry_no <> expected or (available, pending, spent) <> (0, 0, 0)""",
    # There is one issued account, so that it has no id of its own.
    "issued_equals_held": f"""
        select 0::bigint where (
            select coalesce(sum({_moved("issued")}), 0) from xp_transfers where tenant_id = :tenant
        ) + (select coalesce(sum(xp + xp_pending + xp_spent), 0) from characters where tenant_id = :tenant) <> 0""",
    "pending_has_reservation": """
        select q.id from xp_spend_requests q
        left join xp_transfers r on r.tenant_id = q.tenant_id and r.id = q.reservation_id
            and r.kind = 'reserve' and r.character_id = q.character_id and r.amount = q.cost
        left join xp_transfers e on e.tenant_id = q.tenant_id and e.reservation_id = q.reservation_id
            and e.amount = q.cost
        where q.tenant_id = :tenant and (r.id is null or q.state is distinct from
            case e.kind when 'post' then 'Approved' when 'void' then 'Denied' else 'Pending' end)
        union all
        select r.id from xp_transfers r where r.tenant_id = :tenant and r.kind = 'reserve' and not exists (
            select from xp_spend_requests q where q.tenant_id = r.tenant_id and q.reservation_id = r.id)""",
    "resolved_once": _twice("reservation_id"),
    "awarded_once": " union all ".join(
        _twice(*columns)
        for columns in (
            ("scene_id", "character_id"),
            ("story_id", "character_id"),
            ("weekly_request_id",),
            ("story_request_id",),
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that something breaks: how often, and the first ids."""

    check: str
    count: int
    ids: Sequence[int]


def findings(session: Session, *, samples: int = 20) -> list[Finding]:
    """What is wrong with the ledger of the session's tenant; one statement for each check."""
    found = []
    for check, broken in CHECKS.items():
        first = text(f"select id, count(*) over () from ({broken}) broken (id) order by id limit :samples")
        rows = session.execute(first, {"tenant": tenant_of(session), "samples": samples}).all()
        if rows:
            found.append(Finding(check, rows[0][1], [row[0] for row in rows]))
    return found
