"""Random traffic on a tenant's ledger, by processes that a test may kill: `python -m … URL TENANT`, a seed per line.

Each step is a transaction of its own through the operations of the service. A refusal is part of the traffic; any other
failure, a deadlock among them, ends the process with it.
"""

import os
import random
import signal
import sys
import traceback
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.validation.config import ROLE_PERMISSIONS
from services.validation.models import Character, Story, XpSpendRequest
from services.validation.operations.ledger import awarding, deciding, granting, spending
from services.validation.operations.standing import find
from shared.db import Database
from shared.editing import locked
from shared.errors import DomainError
from shared.tenancy import Context

TRAITS = ("strength", "wits", "brawl", "drive", "science", "allies")


class Traffic:
    def __init__(self, db: Database, tenant_id: uuid.UUID, seed: str) -> None:
        self.db, self.tenant_id, self.random = db, tenant_id, random.Random(seed)
        with db.transaction(Context(tenant_id)) as session:
            self.characters: Sequence[int] = session.scalars(select(Character.id).order_by(Character.id)).all()

    def step(self) -> None:
        moves: list[Callable[[Session], object]] = [self.spend, self.decide, self.award, self.grant, self.reverse]
        move = self.random.choices(moves, weights=[8, 8, 2, 2, 1])[0]
        actor, role = ("bob", "operator") if move == self.spend else ("ada", "admin")
        context = Context(self.tenant_id, actor, actor, permissions=ROLE_PERMISSIONS[role])
        try:
            with self.db.transaction(context) as session:
                move(session)
        except DomainError as refusal:
            if refusal.code == "locked":
                raise

    def spend(self, session: Session) -> None:
        character, _how = find(session, self.random.choice(self.characters), lock=True)
        spending.spend(session, character, trait=self.random.choice(TRAITS))

    def decide(self, session: Session) -> None:
        how = self.random.choice([deciding.approve, deciding.deny])
        how(session, self._request(session, "Pending"), check=_anything)

    def reverse(self, session: Session) -> None:
        deciding.reverse(session, self._request(session, "Approved"), check=_anything, reason="taken back")

    def award(self, session: Session) -> None:
        story_id = session.execute(insert(Story).values(name="Ash").returning(Story.id)).scalar_one()
        cast = self.random.sample(self.characters, self.random.randint(1, len(self.characters)))
        awards = {str(character): self.random.randint(0, 12) for character in cast}
        awarding.award_story(session, locked(session, Story, story_id), awards)

    def grant(self, session: Session) -> None:
        character, _how = find(session, self.random.choice(self.characters), lock=True)
        move = self.random.choice([granting.grant, granting.withdraw])
        move(session, character, self.random.randint(1, 20), reason="by hand")

    def _request(self, session: Session, state: str) -> int:
        wanted = select(XpSpendRequest.id).where(XpSpendRequest.state == state)
        return self.random.choice(session.scalars(wanted.order_by(XpSpendRequest.id.desc()).limit(20)).all() or [0])


def _anything(_request: XpSpendRequest) -> None:
    pass


def run(url: str, tenant_id: str, seed: str) -> None:
    """Tells its number once it has done a step, and 0 when it fails."""
    try:
        traffic = Traffic(Database(url, lock_wait_seconds=20, pool_size=1), uuid.UUID(tenant_id), seed)
        traffic.step()
        _tell(os.getpid())
        while True:
            traffic.step()
    except Exception:
        traceback.print_exc()
        _tell(0)
        os._exit(1)


def _tell(number: int) -> None:
    os.write(sys.stdout.fileno(), f"{number}\n".encode())


def main(url: str, tenant_id: str) -> None:
    """A child for each seed that comes in a line; imports are paid once."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            run(url, tenant_id, line)


if __name__ == "__main__":
    main(*sys.argv[1:])
