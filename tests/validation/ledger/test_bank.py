"""The bank: random traffic from several processes, some of them killed, and no point is ever lost or made.

Short in every run; `CONCORD_FAULTS=long` keeps it up for half a minute over more characters.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from typing import IO

from sqlalchemy import select, text

from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.models import Character, XpTransfer
from services.validation.operations.ledger.booking import balance_of
from services.validation.operations.ledger.verifying import verify
from shared.db import Database
from shared.tenancy import Context
from tests.faults.servers import is_long
from tests.fixtures.databases import TestDatabase
from tests.fixtures.services import Unit
from tests.validation.ledger.world import character

PROCESSES, CHARACTERS, SECONDS = (4, 50, 30) if is_long() else (2, 6, 3)


class Crew:
    """Processes that do random traffic. What one of them fails with ends up in `errors`."""

    def __init__(self, url: str, tenant_id: uuid.UUID, errors: IO[str]) -> None:
        command = [sys.executable, "-m", "tests.validation.ledger.traffic", url, str(tenant_id)]
        self.parent = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors, text=True, bufsize=1)
        self.pids = [self.begun() for _ in range(PROCESSES)]

    def begun(self) -> int:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        print(random.random(), file=self.parent.stdin)
        pid = int(self.parent.stdout.readline())
        assert pid > 0
        return pid

    def kill_one(self) -> None:
        victim = random.randrange(PROCESSES)
        os.kill(self.pids[victim], signal.SIGKILL)
        self.pids[victim] = self.begun()

    def stop(self) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.parent.communicate()


@contextmanager
def crew(url: str, tenant_id: uuid.UUID, errors: Path) -> Iterator[Crew]:
    with errors.open("w") as file:
        found = Crew(url, tenant_id, file)
        try:
            yield found
        finally:
            found.stop()


def look(db: Database, tenant_id: uuid.UUID) -> int:
    """Asks one snapshot for everything that must hold; returns how many entries there are."""
    with db.transaction(Context(tenant_id), snapshot=True) as session:
        assert verify(session) == []
        totals = "select sum(xp), sum(xp_pending), sum(xp_spent), sum(ledger_entries) from characters"
        available, pending, spent, entries = session.execute(text(totals)).one()
        earned = (
            "select sum(case when debit_account = 'issued' then amount when credit_account = 'issued' then -amount end)"
            " from xp_transfers"
        )
        assert session.scalar(text(earned)) == available + pending + spent
        return int(entries)


def recount(db: Database, tenant_id: uuid.UUID) -> dict[int, Balance]:
    """The balances as the entries make them, one after the other, by the rules of the domain alone."""
    held: dict[int, Balance] = {}
    with db.transaction(Context(tenant_id)) as session:
        entries = select(XpTransfer).order_by(XpTransfer.character_id, XpTransfer.entry_no)
        for entry in session.scalars(entries):
            after = held.get(entry.character_id, Balance()).after(Kind(entry.kind), entry.amount)
            assert after == Balance(entry.available_after, entry.pending_after, entry.spent_after)
            held[entry.character_id] = after
    return held


def deadlocks(db: Database) -> int:
    with db.engine.connect() as connection:
        found = "select deadlocks from pg_stat_database where datname = current_database()"
        return int(connection.execute(text(found)).scalar_one())


def test_no_point_is_lost_or_made(
    validation_database: TestDatabase, unit: Unit, tenant_id: uuid.UUID, tmp_path: Path
) -> None:
    db, errors = validation_database.db, tmp_path / "errors"
    with unit() as session:
        for number in range(CHARACTERS):
            character(session, name=f"Number {number}", granted=30)
    before, entries = deadlocks(db), 0
    with crew(validation_database.app_url, tenant_id, errors) as running:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until or entries < 10 * CHARACTERS:
            entries = look(db, tenant_id)
            running.kill_one()
            assert not errors.read_text()
    assert look(db, tenant_id) >= entries
    with unit() as session:
        stored = {each.id: balance_of(each) for each in session.scalars(select(Character))}
    assert recount(db, tenant_id) == stored
    assert deadlocks(db) == before
