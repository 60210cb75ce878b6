"""Forgetting a person, and leaving scenes: the commands, and what they do."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from services.validation.models import Scene, SceneParticipant
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.conftest import Command
from tests.validation.working import audit_rows, character, chronicle, gameline, made


def test_a_person_is_forgotten(ada: Person, command: Command, tenant_id: uuid.UUID) -> None:
    night = chronicle(ada, head_st="lea", game_storytellers=["max", "lea", "tim"])
    kept = chronicle(ada, head_st="max")
    made(ada, "st-relationships", user="lea", chronicle=night["id"], gameline=gameline(ada))
    rows = [character(ada, owner="lea")["id"] for _number in range(2)]
    other = character(ada, owner="max")["id"]
    told = command("forget-user", "lea", "--tenant", str(tenant_id), "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == {"characters": 2, "chronicles": 1, "relationships": 1}
    assert [ada.get(f"characters/{row_id}").get_json()["owner"] for row_id in (*rows, other)] == [None, None, "max"]
    after = ada.get(f"chronicles/{night['id']}").get_json()
    assert (after["head_st"], after["game_storytellers"]) == (None, ["max", "tim"])
    assert ada.get(f"chronicles/{kept['id']}").get_json()["head_st"] == "max"
    assert ada.get("st-relationships").get_json()["results"] == []
    last = audit_rows(ada, "character", rows[0])[-1]
    assert (last["action"], last["changes"]) == ("character.updated", {})
    again = command("forget-user", "lea", "--tenant", str(tenant_id))
    assert again.stdout == "0 characters and 0 chronicles without them, 0 relationships removed\n"


@pytest.fixture
def scene(unit: Unit) -> Callable[..., int]:
    def make(*characters: int, finished: bool = False) -> int:
        with unit() as session:
            scene_id: Any = session.scalar(insert(Scene).values(name="Elysium").returning(Scene.id))
            rows = [{"scene_id": scene_id, "character_id": one} for one in characters]
            session.execute(insert(SceneParticipant), rows)
            if finished:
                done = text("update scenes set finished = true, finished_at = now() where id = :id")
                session.execute(done, {"id": scene_id})
        return int(scene_id)

    return make


def test_who_has_left_leaves_scenes(
    ada: Person, unit: Unit, command: Command, tenant_id: uuid.UUID, scene: Callable[..., int]
) -> None:
    playing, retired, dead = (character(ada, status=status)["id"] for status in ("App", "Ret", "Dec"))
    running, ended = scene(playing, retired, dead), scene(playing, dead, finished=True)
    told = command("leave-scenes", "--tenant", str(tenant_id))
    assert (told.exit_code, told.stdout) == (0, "2 places left\n")
    with unit() as session:
        found = session.execute(select(SceneParticipant.scene_id, SceneParticipant.character_id)).all()
    assert sorted(map(tuple, found)) == [(running, playing), (ended, playing), (ended, dead)]
    assert audit_rows(ada, "scene", running)[-1]["metadata"] == {"left": sorted([retired, dead])}
    assert json.loads(command("leave-scenes", "--tenant", str(tenant_id), "--json").stdout) == {"left": 0}


def test_how_commands_end(command: Command) -> None:
    assert command("leave-scenes", "--tenant", "nobody").exit_code == 2
    assert command("leave-scenes", "--unheard-of").exit_code == 2
    away = command("leave-scenes", CONCORD_VALIDATION_RELAY_URL="postgresql://nobody:x@127.0.0.1:1/none")
    assert away.exit_code == 1
    assert away.stderr.startswith("error: the database is not reachable")
