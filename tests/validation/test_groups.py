"""Storytellers of chronicles, groups and organisations."""

from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson
from tests.validation.working import audit_rows, changed, character, chronicle, faults, gameline, made, refusal


def test_storytellers(ada: Person, person: MakePerson, at_once: AtOnce) -> None:
    night, vtm, mta = chronicle(ada)["id"], gameline(ada), gameline(ada, "mta")
    body = {"user": "tess", "chronicle": night, "gameline": mta}
    row = made(ada, "st-relationships", **body)
    assert {name: row[name] for name in body} == body
    other = made(ada, "st-relationships", **body | {"gameline": vtm})
    assert refusal(ada.post("st-relationships", body)) == (409, "unique_st_per_chronicle_gameline")
    listed = ada.get("st-relationships?user=tess").get_json()["results"]
    assert [one["id"] for one in listed] == [other["id"], row["id"]]
    for name in body:
        sent = {key: value for key, value in body.items() if key != name}
        assert faults(ada.post("st-relationships", sent)) == {f"/{name}": "required"}
        assert faults(ada.post("st-relationships", body | {name: None})) == {f"/{name}": "null"}
    unknown = ada.post("st-relationships", body | {"chronicle": 999})
    assert faults(unknown) == {"/chronicle": "unknown_reference"}
    assert refusal(person(sub="olaf", roles=["operator"]).post("st-relationships", body)) == (403, "permission_missing")
    twice = at_once(*[lambda: ada.post("st-relationships", body | {"user": "nora"})] * 2)
    assert sorted(answer.status_code for answer in twice) == [201, 409]
    assert ada.delete(f"chronicles/{night}").status_code == 204
    assert ada.get("st-relationships").get_json()["results"] == []


def test_groups_and_roles(ada: Person) -> None:
    lena, mara = character(ada)["id"], character(ada)["id"]
    group = made(ada, "groups", name="Coterie")
    assert (group["kind"], group["members"], group["leader"], group["roles"]) == ("group", [], None, [])
    address = f"groups/{group['id']}"
    first = made(ada, f"{address}/memberships", character=lena)
    assert (first["role"], first["group"]) == ("member", group["id"])
    made(ada, f"{address}/memberships", character=mara, role="leader")
    assert refusal(ada.post(f"{address}/memberships", {"character": lena})) == (409, "unique_role_in_group")
    assert refusal(ada.post(f"{address}/memberships", {"character": lena, "role": "leader"})) == (
        409,
        "one_leader_per_group",
    )
    assert refusal(ada.post(f"{address}/memberships", {"character": lena, "role": "guardian"})) == (
        409,
        "role_not_of_kind",
    )
    shown = ada.get(address).get_json()
    assert (shown["members"], shown["leader"]) == ([lena, mara], mara)
    assert shown["roles"] == [{"character": lena, "role": "member"}, {"character": mara, "role": "leader"}]
    assert ada.get("groups").get_json()["results"] == [shown]
    changed(ada, address, kind="organisation")
    assert changed(ada, f"{address}/memberships/{first['id']}", role="guardian")["version"] == 2
    assert refusal(ada.patch(address, {"kind": "group"})) == (409, "role_not_of_kind")
    assert ada.delete(f"{address}/memberships/{first['id']}").status_code == 204
    assert changed(ada, address, kind="group")["members"] == [mara]
    assert refusal(ada.get(f"{address}/memberships/{first['id']}")) == (404, "not_found")
    assert ada.delete(address).status_code == 204
    assert audit_rows(ada, "group_membership", first["id"])[-1]["action"] == "group_membership.deleted"


def test_a_members_picture_of_a_group(ada: Person) -> None:
    """What comes below makes readers look again, and no editor's picture stale."""
    group = made(ada, "groups", name="Coterie")
    before = ada.get(f"groups/{group['id']}").headers["ETag"]
    made(ada, f"groups/{group['id']}/memberships", character=character(ada)["id"])
    seen = ada.get(f"groups/{group['id']}", headers={"If-None-Match": before})
    assert seen.status_code == 200
    assert ada.patch(f"groups/{group['id']}", {"name": "Circle"}, headers={"If-Match": before}).status_code == 200


def test_who_is_no_member(ada: Person, person: MakePerson) -> None:
    group = made(ada, "groups", name="Coterie", chronicle=chronicle(ada)["id"])
    address = f"groups/{group['id']}/memberships"
    for status in ("Ret", "Dec"):
        gone = character(ada, status=status)["id"]
        assert refusal(ada.post(address, {"character": gone})) == (409, "character_not_active")
    assert faults(ada.post(address, {"character": 999})) == {"/character": "unknown_reference"}
    assert faults(ada.post("groups", {"name": " ", "kind": "mob"})) == {"/name": "blank", "/kind": "invalid"}
    row = made(ada, address, character=character(ada)["id"])
    other = made(ada, "groups", name="Other")
    assert refusal(ada.get(f"groups/{other['id']}/memberships/{row['id']}")) == (404, "not_found")
    operator = person(sub="olaf", roles=["operator"])
    assert len(operator.get(address).get_json()["results"]) == 1
    for answer in (operator.post(address, {"character": 1}), operator.delete(f"{address}/{row['id']}")):
        assert refusal(answer) == (403, "permission_missing")
