"""Rows written into another database: they commit there first, and are remembered here after it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from services.sync.clients.databases import parameters_of
from services.sync.domain.storing import storable
from services.sync.errors import TargetRefused, TargetUnavailable
from services.sync.extractors.world import World
from services.sync.loaders.postgres import Elsewhere, Written
from services.sync.operations.runs.delivering import Delivery, Waiting
from services.sync.operations.runs.preparing import Setup
from shared.outbound_guard import Rules

STATEMENT_SECONDS = 300


class DatabaseCourier:
    """Connects when there is something to write, and then stays connected until it is closed."""

    def __init__(self, setup: Setup, run_id: uuid.UUID, world: World) -> None:
        self._setup, self._run_id, self._world = setup, run_id, world
        self._connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def deliver(self, waiting: Sequence[Waiting]) -> Iterator[Delivery]:
        """Raises TargetUnavailable, TargetRefused, SourceAddressRefused."""
        if not waiting:
            return
        self._world.pause(0)
        try:
            written = self._write([one.row for one in waiting], waiting)
        except psycopg.OperationalError as failure:
            raise TargetUnavailable("The target's database gives no connection, or stopped answering.") from failure
        except psycopg.Error as failure:
            raise TargetRefused(f"The target's database refuses to be written to ({failure.sqlstate}).") from failure
        for one, done in zip(waiting, written, strict=True):
            is_sent = done.outcome in ("created", "updated", "unchanged")
            changes = _changes(done, one.row) if self._setup.is_dry else {}
            yield Delivery(
                one.at, one.key, one.hash, done.outcome, done.code, done.text, is_sent=is_sent, changes=changes
            )

    def _write(self, rows: Sequence[Mapping[str, Any]], waiting: Sequence[Waiting]) -> list[Written]:
        table = self._table()
        if self._setup.configuration.target.write == "append" and not self._setup.is_dry:
            # The same rows of the same run, and no others.
            marks = [f"{self._run_id}:{one.key}:{one.hash}:{one.at}" for one in waiting]
            return table.append(rows, marks=marks)
        return table.merge(rows, update_existing=self._setup.update_existing, is_dry=self._setup.is_dry)

    def _table(self) -> Elsewhere:
        target = self._setup.configuration.target
        if self._connection is None:
            dsn = self._world.secrets.resolve(target.config["dsn"])
            given = parameters_of(dsn, self._world.outside(Rules()), seconds=STATEMENT_SECONDS)
            self._connection = psycopg.connect(**given)
        return Elsewhere(self._connection, target.table, target.key, tuple(self._setup.mapping.targets))


def _changes(done: Written, row: Mapping[str, Any]) -> dict[str, Any]:
    before = {name: storable(value) for name, value in done.before.items()}
    after = {name: storable(value) for name, value in row.items()}
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
