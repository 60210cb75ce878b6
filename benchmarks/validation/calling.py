"""The service's own code path, from the lock to the commit, by clients in processes of their own."""

import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks import web
from services.validation.config import ROLE_PERMISSIONS, Settings
from services.validation.domain.ledger.accounts import Kind
from services.validation.models import Scene, XpSpendRequest
from services.validation.operations.entry import enter
from services.validation.operations.ledger import awarding, deciding, spending
from services.validation.operations.ledger.booking import book
from services.validation.operations.standing import find
from shared import logging
from shared.db import Database
from shared.editing import locked
from shared.tenancy import Context

POINTS = 10_000_000
TENANT = uuid.UUID(int=1)


@dataclass(frozen=True, slots=True)
class Done:
    """What one client did: CPU seconds, and how long each spend took."""

    cpu: float
    spends: list[float]


def migrate(admin_url: str) -> Settings:
    """A database of the service on this server, and the settings of its processes."""
    return Settings.model_validate(
        {
            "database_url": web.migrate(admin_url, "validation"),
            "redis_url": "redis://127.0.0.1:1/0",
            "secret_key": "only-for-benchmarks-" * 3,
            "jwks": "none",
        }
    )


class Client:
    """One person who plays and one who decides, over one connection."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.db = Database(settings.database_url.get_secret_value(), pool_size=1)
        self.player = Context(TENANT, "bob", "Bob", permissions=ROLE_PERMISSIONS["operator"])
        self.staff = Context(TENANT, "ada", "Ada", permissions=ROLE_PERMISSIONS["admin"])

    def prepare(self, characters: int, scenes: dict[int, int], traits: int) -> list[int]:
        """Ids of characters with plenty of points; `scenes` of a size, so many of each, ready to be awarded."""
        with self.db.transaction(self.staff, statement_timeout_seconds=600) as session:
            enter(self.settings, session, self.staff, True)
            made = text(
                "insert into characters (name, owner, status) select 'Number ' || n, 'bob', 'App'"
                " from generate_series(1, :characters) n returning id"
            )
            ids = sorted(session.scalars(made, {"characters": characters}))
            for first in range(0, characters, 1000):
                book(session, Kind.GRANT, dict.fromkeys(ids[first : first + 1000], POINTS))
            merits = "insert into trait_definitions (code, label, kind) select 'luck-' || n, 'Luck', 'merit'"
            session.execute(text(f"{merits} from generate_series(0, :traits) n"), {"traits": traits})
            for size, count in scenes.items():
                cast = text(
                    "with scene as (insert into scenes (name, finished) select :size, true"
                    " from generate_series(1, :count) returning id)"
                    " insert into scene_participants (scene_id, character_id)"
                    " select scene.id, c.id from scene, characters c where c.id <= :last"
                )
                session.execute(cast, {"size": str(size), "count": count, "last": ids[size - 1]})
        return ids

    def pairs(self, characters: Sequence[int], pairs: int, number: int) -> Done:
        """Spends and approves an even number of times, twice on each character in turn: up and down in a merit that
        only this client buys."""
        took, begun = [], cpu_seconds()
        for turn in range(pairs):
            character_id = characters[turn // 2 % len(characters)]
            clock = time.perf_counter()
            request = self.spend(character_id, f"luck-{number}", 1 + turn % 2)
            took.append(time.perf_counter() - clock)
            with self.db.transaction(self.staff) as session:
                enter(self.settings, session, self.staff, True)
                deciding.approve(session, request, check=_anything)
        return Done(cpu_seconds() - begun, took)

    def spend(self, character_id: int, trait: str, rating: int) -> int:
        with self.db.transaction(self.player) as session:
            enter(self.settings, session, self.player, True)
            character, _how = find(session, character_id, lock=True)
            return spending.spend(session, character, trait=trait, trait_value=rating).request.id

    def award(self, size: int) -> int:
        """Awards the next scene of this size; returns how many got something."""
        with self.db.transaction(self.staff) as session:
            wanted = text("select id from scenes where name = :size and not xp_given order by id limit 1")
            scene_id: int = session.execute(wanted, {"size": str(size)}).scalar_one()
            cast = session.scalars(
                text("select character_id from scene_participants where scene_id = :id"), {"id": scene_id}
            )
            awards = {str(each): True for each in cast}
            return awarding.award_scene(session, locked(session, Scene, scene_id), awards).awarded


def cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


def _anything(_request: XpSpendRequest) -> None:
    pass


_own: list[Client] = []


def begin(settings: Settings) -> None:
    """In a process of a pool: its client."""
    logging.configure("ERROR")
    _own.append(Client(settings))


def pairs(characters: Sequence[int], count: int, number: int) -> Done:
    return _own[0].pairs(characters, count, number)
