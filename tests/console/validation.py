"""What stands in the console's tests of this service, and its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import select

from services.validation import jobs
from services.validation.config import Settings
from services.validation.models import HealthPoint, HealthReport, Job
from shared.tenancy import Context
from tests.validation.working import character, chronicle, made

if TYPE_CHECKING:
    from tests.console.world import World

LISTS = (
    "/validation/rule-sets",
    "/validation/characters",
    "/validation/scenes",
    "/validation/stories",
    "/validation/runs",
)
PAGES = (
    *LISTS,
    "/validation/",
    "/validation/runs/{check}",
    "/validation/constraints",
    "/validation/rule-sets/{set}",
    "/validation/rule-sets/{set}/rules/strong_enough",
    "/validation/rule-sets/{set}/definition",
    "/validation/new-rule-set",
    "/validation/characters/{character}",
    "/validation/requests",
    "/validation/requests?state=Approved",
    "/validation/weekly-requests",
    "/validation/weekly-requests/{weekly}",
    "/validation/story-requests",
    "/validation/quarantine",
    "/validation/webhooks",
    "/validation/scenes/{scene}",
    "/validation/stories/{story}",
    "/validation/jobs",
    "/validation/audit?limit=10",
)
HOUSE = """
rule_set: house
target: characters
rules:
  - {id: strong_enough, title: weaker than anybody is, kind: range, field: strength, min: 2, fix: clamp}
"""


def arrange(world: "World") -> dict[str, object]:
    """A chronicle with Bob's character, who waits for a decision and breaks a rule of the house."""
    ada, bob = world.person("validation"), world.person("validation", sub="bob", roles=["operator"])
    place = {"chronicle": chronicle(ada)["id"]}
    lena = character(ada, name="Lena", owner="bob", status="App", visibility="PUB", xp=20, **place)
    scene = made(ada, "scenes", name="Elysium", characters=[lena["id"]], **place)
    assert bob.post(f"characters/{lena['id']}/spend", {"trait": "brawl", "reason": "Fights a lot."}).status_code == 201
    stored = ada.call("PUT", "rule-sets/house", data=HOUSE, content_type="application/yaml")
    assert stored.status_code == 201, stored.get_data(as_text=True)
    story = made(ada, "stories", name="Blood and Ash", **place)
    week = made(ada, "weeks", end_date="2026-11-22")
    weekly = made(bob, "weekly-requests", week=week["id"], character=lena["id"])
    check = ada.post("integrity-runs", {"rule_sets": ["core", "house"], "inline": True}).get_json()
    record_health(world)
    return {
        "character": lena["id"],
        "scene": scene["id"],
        "story": story["id"],
        "set": "house",
        "check": check["run_id"],
        "weekly": weekly["id"],
    }


def record_health(world: "World") -> None:
    """Reports of three hours, the last one worse."""
    now = datetime.now(UTC)
    with world.apps["validation"].runtime.db.transaction(Context(tenant_id=world.tenant_id)) as session:
        for hours, score in ((2, 100), (1, 95), (0, 85)):
            report = HealthReport(period_hours=24, health_score=score, report={"health_score": score})
            session.add(report)
            session.flush()
            point = {"metric": "health_score", "value": score, "recorded_at": now - timedelta(hours=hours)}
            session.add(HealthPoint(report_id=report.id, **point))


def work(world: "World") -> None:
    """Does what waits for a worker, whose settings come from the environment."""
    app = world.apps["validation"]
    with app.runtime.db.transaction(Context(tenant_id=world.tenant_id)) as session:
        mine = (Job.tenant_id == world.tenant_id, Job.status == "pending")
        waiting = session.scalars(select(Job.id).where(*mine).order_by(Job.created_at)).all()
    with working(cast(Settings, app.runtime.settings)):
        for job_id in waiting:
            jobs.perform(str(world.tenant_id), str(job_id))


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("database_url", "redis_url", "secret_key"):
            patch.setenv(f"CONCORD_VALIDATION_{name.upper()}", getattr(settings, name).get_secret_value())
        patch.setenv("CONCORD_VALIDATION_JWKS", settings.jwks)
        jobs._settings.cache_clear()
        yield
    jobs._settings.cache_clear()
