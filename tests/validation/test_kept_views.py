"""Views that are kept: hits run no SQL, nobody gets what was made for others, and no write is outlived."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from services.validation.routes.kept_views import VIEWS
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.validation.working import changed, character, chronicle, gameline, made

Ask = Callable[..., tuple[str, Any]]


@pytest.fixture
def ask() -> Ask:
    """How a view was answered, and with what."""

    def get(who: Person, path: str) -> tuple[str, Any]:
        answer = who.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.headers["X-Cache"], answer.get_json()

    return get


def test_all_views_exist(app: ServiceApp) -> None:
    assert VIEWS.keys() <= app.view_functions.keys()


def test_a_hit_runs_no_statement(ada: Person, app: ServiceApp) -> None:
    night = chronicle(ada)["id"]
    row = character(ada, chronicle=night)
    paths = ("characters", f"characters/{row['id']}", "chronicles", f"chronicles/{night}/roster")
    for path in (*paths, "groups", "scenes", "tariffs", "trait-definitions"):
        first = ada.get(path)
        with counting(app.runtime.db.engine) as sent:
            second = ada.get(path)
        assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit"), path
        assert [statement for statement in sent if "set_config" not in statement] == [], path
        assert first.get_data() == second.get_data()
        assert first.headers.get("ETag") == second.headers.get("ETag")
        assert (second.headers["Cache-Control"], second.headers["Vary"]) == ("private", "Authorization")
        assert int(second.headers["Age"]) >= 0
    for form in ("text/html", "text/markdown"):
        pages = [ada.get("rule-sets/core/docs", headers={"Accept": form}) for _twice in range(2)]
        assert [page.headers["X-Cache"] for page in pages] == ["miss", "hit"]
        assert {page.mimetype for page in pages} == {form}
        assert pages[0].get_data() == pages[1].get_data()
    tag = ada.get(f"characters/{row['id']}").headers["ETag"]
    seen = ada.get(f"characters/{row['id']}", headers={"If-None-Match": tag})
    assert (seen.status_code, seen.headers["ETag"], seen.get_data()) == (304, tag, b"")
    for path in ("characters/999999/status-changes", "jobs", "gamelines"):
        assert "X-Cache" not in ada.get(path).headers


def test_nobody_gets_what_was_made_for_others(ada: Person, person: MakePerson, ask: Ask) -> None:
    row = character(ada, owner="lea", st_notes="Followed.", visibility="PUB")
    path = f"characters/{row['id']}"
    assert ask(ada, path)[1]["st_notes"] == "Followed."
    for who in (person(sub="lea", roles=["operator"]), person(sub="ada", roles=["viewer"]), person(sub="max")):
        state, shown = ask(who, path)
        assert state == "miss"
        assert ("st_notes" in shown) == (who.get("audit-log").status_code == 200)
    assert ask(ada, "characters?npc=false")[0] == "miss"
    assert ask(ada, "characters?npc=false")[0] == "hit"
    assert ada.get("characters?colour=red").status_code == 422
    assert ada.get("characters/999999").status_code == 404


def test_no_write_is_outlived(ada: Person, ask: Ask, unit: Unit) -> None:
    night, vtm = chronicle(ada)["id"], gameline(ada)
    row = character(ada, owner="lea", chronicle=night, gameline=vtm, status="App")
    path = f"characters/{row['id']}"

    def after(write: Callable[[], Any]) -> dict[str, Any]:
        ask(ada, path)
        assert ask(ada, path)[0] == "hit"
        write()
        state, shown = ask(ada, path)
        assert state == "miss"
        assert isinstance(shown, dict)
        return shown

    assert after(lambda: changed(ada, path, concept="Heiress"))["concept"] == "Heiress"
    assert after(lambda: changed(ada, path, traits={"allies": 2}))["traits"] == {"allies": 2}
    granted = after(lambda: ada.post(f"{path}/grant", {"amount": 20, "reason": "Backstory."}))
    assert (granted["xp"], granted["ledger_entries"]) == (20, 1)
    profile: dict[str, Any] = {}
    body = {"reason": "Legal.", "chronicle": night, "attributes_max": 12}
    assert after(lambda: profile.update(made(ada, "limit-profiles", **body)))["limits"]["attributes_max"] == 12
    wider = after(lambda: changed(ada, f"limit-profiles/{profile['id']}", attributes_max=13))
    assert wider["limits"]["attributes_max"] == 13
    assert after(lambda: ada.delete(f"limit-profiles/{profile['id']}"))["limit_profile"] is None
    assert after(lambda: ada.post(f"{path}/transition", {"status": "Ret"}))["status"] == "Ret"
    assert after(lambda: ada.delete(f"chronicles/{night}"))["chronicle"] is None
    assert after(lambda: ada.delete(f"gamelines/{vtm}"))["gameline"] is None


def test_who_comes_to_see_something_sees_it(ada: Person, person: MakePerson, ask: Ask) -> None:
    night, vtm = chronicle(ada)["id"], gameline(ada)
    character(ada, owner="lea", chronicle=night, gameline=vtm)
    tess = person(sub="tess", roles=["operator"])
    for _twice in range(2):
        assert ask(tess, "characters")[1]["results"] == []
    made(ada, "st-relationships", user="tess", chronicle=night, gameline=vtm)
    state, shown = ask(tess, "characters")
    assert (state, len(shown["results"])) == ("miss", 1)


def test_a_refused_write_leaves_what_was_kept(ada: Person, ask: Ask) -> None:
    path = f"characters/{character(ada)['id']}"
    ask(ada, path)
    assert ada.patch(path, {"strength": 99}).status_code == 422
    assert ask(ada, path)[0] == "hit"


def test_without_redis_everything_is_computed(
    ada: Person, app: ServiceApp, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = character(ada)
    away = redis.ConnectionError("away")

    def fail(*_arguments: object, **_options: object) -> None:
        raise away

    monkeypatch.setattr(redis.Redis, "execute_command", fail)
    monkeypatch.setattr(redis.client.Pipeline, "execute", fail)
    answer = ada.patch(f"characters/{row['id']}", {"strength": 4})
    assert (answer.status_code, answer.headers["X-Cache-Invalidation"]) == (200, "deferred")
    state, shown = ask(ada, f"characters/{row['id']}")
    assert (state, shown["strength"]) == ("bypass", 4)
