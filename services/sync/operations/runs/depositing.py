"""Rows written into another database: they commit there first, and are remembered here after it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import psycopg

from services.sync.clients.databases import parameters_of
from services.sync.domain.storing import storable
from services.sync.errors import TargetRefused, TargetUnavailable
from services.sync.extractors.world import World
from services.sync.loaders.deliveries import Delivery, Leaving, Removal, Waiting
from services.sync.loaders.elsewhere import REMOVE, Elsewhere, Offered, Written, outcome_of
from services.sync.loaders.verdicts import THEIRS, verdict
from services.sync.operations.runs.preparing import Setup
from shared.outbound_guard import Rules

STATEMENT_SECONDS = 300
# Marks of rows have to come out the same whatever that database is set to.
_SETTINGS = "select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false)"


class DatabaseCourier:
    """Connects when there is something to write, and then stays connected until it is closed. A run that replaces is
    one transaction there, which shows itself when it is sealed."""

    def __init__(self, setup: Setup, run_id: uuid.UUID, world: World, *, part: int) -> None:
        self._setup, self._run_id, self._world, self._part = setup, run_id, world, part
        self._connection: psycopg.Connection[Any] | None = None
        self._whole = ExitStack()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def seal(self) -> None:
        with _told():
            self._whole.close()

    def deliver(self, waiting: Sequence[Waiting]) -> Iterator[Delivery]:
        """Raises TargetUnavailable, TargetRefused, SourceAddressRefused."""
        if not waiting:
            return
        self._world.pause(0)
        with _told():
            written = self._write(waiting)
        yield from map(self._delivery, waiting, written)

    def remove(self, leaving: Sequence[Leaving]) -> Iterator[Removal]:
        """Raises TargetUnavailable, TargetRefused, SourceAddressRefused."""
        self._world.pause(0)
        with _told():
            ended = self._table().remove([one.address for one in leaving], ended_at=self._setup.started_at)
        for one, done in zip(leaving, ended, strict=True):
            yield Removal(one.key, done.code, done.text)

    def _write(self, waiting: Sequence[Waiting]) -> list[Written]:
        setup, table = self._setup, self._table()
        if setup.configuration.target.write == "append" and not setup.is_dry:
            # The batch is known by its first row.
            batch = f"{self._part}.{waiting[0].number}"
            return table.append([one.row for one in waiting], run=str(self._run_id), batch=batch)
        judged = partial(
            verdict, strategy=setup.configuration.target.conflict_strategy, update_existing=setup.update_existing
        )
        offered = [
            Offered(
                one.row, one.changed_at or setup.started_at, partial(judged, known=one.known, changed_at=one.changed_at)
            )
            for one in waiting
        ]
        return table.merge(offered, is_dry=setup.is_dry)

    def _delivery(self, one: Waiting, done: Written) -> Delivery:
        outcome, is_gone = outcome_of(done), one.known is not None and one.known.is_gone
        is_restored = is_gone and outcome in ("created", "updated")
        has_lost = done.verdict in ("target_wins", "target_newer")
        mark = (one.known.mark if one.known else None) or THEIRS if has_lost else done.mark
        return Delivery(
            one.at,
            one.key,
            one.hash,
            "updated" if is_restored else outcome,
            done.code or (done.verdict if outcome == "skipped" else ""),
            done.text,
            is_settled=has_lost or outcome in ("created", "updated", "unchanged"),
            is_restored=is_restored,
            mark=mark,
            address={name: storable(one.row[name]) for name in self._setup.configuration.target.key},
            changes=_changes(done, one.row) if self._setup.is_dry else {},
        )

    def _table(self) -> Elsewhere:
        target = self._setup.configuration.target
        ending = target.config.get("on_delete", REMOVE)
        return Elsewhere(
            self._connected(),
            target.table,
            target.key,
            tuple(self._setup.mapping.targets),
            edited=self._setup.edit_field,
            versions=target.write == "scd2",
            on_delete=ending if isinstance(ending, str) else str(ending["column"]),
        )

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            dsn = self._world.secrets.resolve(self._setup.configuration.target.config["dsn"])
            given = parameters_of(dsn, self._world.outside(Rules()), seconds=STATEMENT_SECONDS)
            self._connection = psycopg.connect(**given)
            with self._connection.transaction():
                self._connection.execute(_SETTINGS)
            if self._setup.replaces and not self._setup.is_dry:
                self._whole.enter_context(self._connection.transaction())
        return self._connection


@contextmanager
def _told() -> Iterator[None]:
    """Raises TargetUnavailable, TargetRefused."""
    try:
        yield
    except psycopg.OperationalError as failure:
        raise TargetUnavailable("The target's database gives no connection, or stopped answering.") from failure
    except psycopg.Error as failure:
        raise TargetRefused(f"The target's database refuses to be written to ({failure.sqlstate}).") from failure


def _changes(done: Written, row: Mapping[str, Any]) -> dict[str, Any]:
    before = {name: storable(value) for name, value in (done.before or {}).items()}
    after = {name: storable(value) for name, value in row.items()}
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
