"""One account, campaigns below it and ads below each of them, in the structure of tests.propagation.naming."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import text

from services.propagation.models import Base
from shared.db import Database
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.strings_in_bulk import StringRow, load_strings
from tests.propagation.naming import Naming

ADS = 100
# Foreign keys and triggers cost more than all the rest, and these rows are right by construction.
_UNCHECKED = text("set local session_replication_role = replica")
_COUNT_CHILDREN = text(
    """update strings s set children = c.number from (select parent_id, count(*) as number from strings
       where tenant_id = :tenant group by parent_id) c where s.tenant_id = :tenant and s.id = c.parent_id"""
)

_NOT_COPIED = ("audit_events", "audit_seals", "idempotency_keys")


def rows(count: int) -> Iterator[StringRow]:
    """`count` strings in all, with about 100 ads to a campaign; every string is NIKE's."""
    campaigns = max(1, round((count - 1) / (ADS + 1)))
    ads = count - 1 - campaigns
    yield StringRow("account", None, "account", "Standard", {"Brand": "NIKE", "Region": "EU"})
    chosen = {"Brand": "NIKE", "Season": "SS26"}
    for number in range(campaigns):
        yield StringRow(number, "account", "campaign", "Standard", {**chosen, "Note": f"c{number}"})
    for number in range(ads):
        yield StringRow(f"a{number}", number * campaigns // ads, "ad", "Standard", {**chosen, "Note": f"a{number}"})


def load(admin: Database, context: Context, count: int) -> None:
    """Loads and counts as the superuser."""
    with admin.transaction(context, statement_timeout_seconds=60) as session:
        session.execute(_UNCHECKED)
        assert load_strings(session, rows(count), platform="meta-ads").strings == count
        session.execute(_COUNT_CHILDREN, {"tenant": context.tenant_id})


def copy(admin: Database, original: Naming, tenant_id: uuid.UUID, *, of: uuid.UUID, person: Person) -> Naming:
    """The same tree with the same ids for another tenant: keys begin with the tenant."""
    with admin.transaction(Context(tenant_id=tenant_id), statement_timeout_seconds=60) as session:
        session.execute(_UNCHECKED)
        for name, table in Base.metadata.tables.items():
            columns = [f'"{column.name}"' for column in table.columns if column.computed is None]
            if '"tenant_id"' in columns and name not in _NOT_COPIED:
                taken = ", ".join(columns).replace('"tenant_id"', ":to")
                copied = f"insert into {name} ({', '.join(columns)}) overriding system value select {taken} from {name}"
                session.execute(text(f"{copied} where tenant_id = :of"), {"to": tenant_id, "of": of})
        # Without statistics the planner walks through the whole tenant to find the children of one string.
        session.execute(text("analyze strings, string_details"))
    return replace(original, person=person)
