"""Rule sets through HTTP: stored in versions, read, documented, refused."""

import uuid

import pytest
import yaml

from services.validation.models import RuleSet
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.validation.domain.rules.test_reading import PRODUCTS
from tests.validation.rule_sets.products import ADDRESS, NAME, product, rules, stored
from tests.validation.working import audit_rows, refusal

GIVEN = {"id": "given", "kind": "not_null", "field": "b"}
LOW = {"id": "low", "kind": "range", "field": "a", "min": 0}


def test_every_version_stays_readable(ada: Person, person: MakePerson) -> None:
    answer = stored(ada)
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(ADDRESS)
    first = answer.get_json()
    assert (first["name"], first["version"], first["rules"], first["built_in"]) == (NAME, 1, 7, False)
    assert (first["lists"], first["created_by"]) == (["product-categories"], "ada")
    assert first["definition"]["rules"][2]["min"] == 0.01
    assert stored(ada).status_code == 200
    assert ada.get(ADDRESS).get_json() == first

    changed = first["definition"] | {"title": "Products", "rules": first["definition"]["rules"][:3]}
    answer = ada.put(ADDRESS, changed, headers={"If-Match": answer.headers["ETag"]})
    assert (answer.status_code, answer.get_json()["version"], answer.get_json()["rules"]) == (200, 2, 3)
    assert refusal(ada.put(ADDRESS, first["definition"], headers={"If-Match": '"old"'})) == (412, "version_conflict")
    assert ada.get(f"{ADDRESS}?version=1").get_json() == first | {"latest": 2}
    assert refusal(ada.get(f"{ADDRESS}?version=3")) == (404, "not_found")
    viewer = person(sub="vera", roles=["viewer"])
    assert [one["version"] for one in viewer.get(f"{ADDRESS}/versions").get_json()["results"]] == [2, 1]
    tag = viewer.get(ADDRESS).headers["ETag"]
    assert viewer.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304

    assert refusal(viewer.delete(ADDRESS)) == (403, "permission_missing")
    assert ada.delete(ADDRESS).status_code == 204
    assert refusal(ada.get(ADDRESS)) == refusal(ada.delete(ADDRESS)) == (404, "not_found")
    assert ada.get(f"{ADDRESS}?version=2").get_json()["retired_at"] is not None
    assert refusal(ada.post(f"{ADDRESS}/evaluate", {"records": []})) == (404, "not_found")
    assert stored(ada).get_json()["version"] == 3
    actions = [row["action"] for row in ada.get("audit-log?entity=rule_set&ordering=created_at").get_json()["results"]]
    assert actions == ["rule_set.created", "rule_set.updated", "rule_set.retired", "rule_set.updated"]


def test_yaml_goes_in_and_comes_out(ada: Person) -> None:
    stored(ada)
    answer = ada.get(ADDRESS, headers={"Accept": "application/yaml"})
    assert answer.mimetype == "application/yaml"
    assert yaml.safe_load(answer.get_data()) == ada.get(ADDRESS).get_json()["definition"]
    assert stored(ada, answer.get_data(as_text=True)).get_json()["version"] == 1


def test_built_in_sets_are_listed_read_and_reserved(ada: Person) -> None:
    stored(ada)
    listed = ada.get("rule-sets").get_json()["results"]
    assert [one["name"] for one in listed] == ["core", "hygiene", "ledger", NAME, "tables"]
    assert [one["built_in"] for one in listed] == [True, True, True, False, True]
    assert listed[0]["rules"] == 37
    pages = ada.get("rule-sets?limit=3").get_json()
    assert [one["name"] for one in ada.get(pages["next"].split("localhost")[1]).get_json()["results"]] == [
        NAME,
        "tables",
    ]
    assert [one["name"] for one in ada.get("rule-sets?target=records").get_json()["results"]] == [NAME]
    core = ada.get("rule-sets/core").get_json()
    assert core["definition"]["rules"][0]["message"] == "XP cannot be negative"
    assert ada.get("rule-sets/core/versions").get_json()["results"][0]["version"] == core["version"] == 1
    for name in ("core", "ledger", "hygiene"):
        assert refusal(ada.put(f"rule-sets/{name}", rules(GIVEN))) == (409, "reserved_name")
        assert refusal(ada.delete(f"rule-sets/{name}")) == (409, "reserved_name")
    assert refusal(ada.post("rule-sets/core/evaluate", {"records": []})) == (422, "not_for_records")


def test_faults_have_line_column_and_rule(ada: Person) -> None:
    head = "target: records\nfields: {a: integer}\nrules:\n"
    text = head + "  - id: x\n    kind: odd\n  - {id: y, kind: expression, expression: a +}\n"
    answer = stored(ada, text, "tried")
    assert refusal(answer) == (422, "invalid_rule_set")
    assert answer.get_json()["errors"] == [
        {
            "pointer": "/rules/0/kind",
            "code": "invalid_rule_set",
            "detail": "kind is one of range, set, not_null, unique, reference, compare, expression.",
            "rule": "x",
            "line": 5,
            "column": 5,
            "position": None,
        },
        {
            "pointer": "/rules/1/expression",
            "code": "invalid_expression",
            "detail": "The expression cannot be read: a value is missing.",
            "rule": "y",
            "line": 6,
            "column": 31,
            "position": 4,
        },
    ]
    assert refusal(ada.get("rule-sets/tried")) == (404, "not_found")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "invalid_rule_set"),
        ("a: &x 1", "invalid_rule_set"),
        (PRODUCTS + "# " + "x" * 262_144, "invalid_rule_set"),
        (PRODUCTS.replace("legacy-products", "other"), "invalid_rule_set"),
        (PRODUCTS.replace("length(trim(name)) >= 3", "lengthy(name) >= 3"), "invalid_expression"),
        (PRODUCTS.replace("length(trim(name)) >= 3", "name >= 3"), "invalid_expression"),
        ("[]", "invalid_rule_set"),
    ],
)
def test_what_cannot_be_understood_is_not_stored(ada: Person, text: str, code: str) -> None:
    assert refusal(stored(ada, text)) == (422, code)
    assert refusal(ada.get(ADDRESS)) == (404, "not_found")


def test_bodies_of_another_kind(ada: Person) -> None:
    def sent(body: bytes, kind: str) -> tuple[int, str]:
        return refusal(ada.call("PUT", ADDRESS, data=body, headers={"Content-Type": kind}))

    assert sent(b"{", "application/json") == (400, "not_parseable")
    assert sent(b"a", "text/csv") == (415, "unsupported_media_type")
    assert sent(b"\xff", "application/yaml") == (422, "invalid_rule_set")
    assert sent(b'{"a": "' + b"x" * 262_144 + b'"}', "application/json") == (422, "invalid_rule_set")
    assert refusal(ada.put("rule-sets/Upper", rules(GIVEN))) == (422, "invalid_rule_set")
    assert refusal(ada.put(ADDRESS, [1])) == (422, "invalid_rule_set")


def test_who_may_what(ada: Person, person: MakePerson) -> None:
    stored(ada)
    operator, manager = person(sub="otto", roles=["operator"]), person(sub="mia", roles=["manager"])
    assert refusal(stored(operator)) == (403, "permission_missing")
    assert operator.post(f"{ADDRESS}/evaluate", {"records": []}).status_code == 200
    viewer = person(sub="vera", roles=["viewer"])
    assert refusal(viewer.post(f"{ADDRESS}/evaluate", {"records": []})) == (403, "permission_missing")
    assert refusal(viewer.post("rule-sets/nothing/evaluate", {"records": []})) == (404, "not_found")
    assert refusal(viewer.post("rule-sets/nothing/evaluate", {})) == (422, "required")
    assert manager.put(f"{ADDRESS}/lists/product-categories", {"values": ["x"]}).status_code == 201
    foreign = person(sub="eve", tenant_id=uuid.uuid4())
    for path in ("", "/versions", "/docs", "/lists", "/lists/product-categories", "/evaluations"):
        assert refusal(foreign.get(ADDRESS + path)) == (404, "not_found")
    assert refusal(foreign.put(f"{ADDRESS}/lists/x", {"values": []})) == (404, "not_found")


def test_documentation_tells_each_rule(ada: Person) -> None:
    stored(ada)
    page = ada.get(f"{ADDRESS}/docs")
    assert page.mimetype == "text/html"
    assert "price lies between 0.01 and 100000" in page.get_data(as_text=True)
    assert "category is in the list product-categories" in page.get_data(as_text=True)
    text = ada.get("rule-sets/core/docs", headers={"Accept": "text/markdown"})
    assert text.mimetype == "text/markdown"
    told = text.get_data(as_text=True)
    assert "- Constraint: characters_strength_range: valid" in told
    assert "- Severity: info" in told
    assert "## xp_non_negative" in ada.get("rule-sets/core/docs?format=markdown").get_data(as_text=True)
    title = rules(GIVEN, title="<b>Bold</b>")
    ada.put("rule-sets/bold", title)
    assert "&lt;b&gt;Bold" in ada.get("rule-sets/bold/docs").get_data(as_text=True)


def test_lists_belong_to_their_set(ada: Person) -> None:
    stored(ada)
    address = f"{ADDRESS}/lists/product-categories"
    assert refusal(ada.get(address)) == (404, "not_found")
    answer = ada.put(address, {"values": ["fruit", "Fruit", "fruit", 12, 1.5, True]})
    assert (answer.status_code, answer.get_json()["size"]) == (201, 5)
    assert ada.get(address).get_json()["values"] == ["1.5", "12", "Fruit", "fruit", "true"]
    again = ada.put(address, {"values": ["true", "fruit", "Fruit", "12", "1.5"]})
    assert (again.status_code, again.get_json()["version"]) == (200, 1)
    replaced = ada.put(address, {"values": ["a", "b", "c", "d", "e"]}, headers={"If-Match": again.headers["ETag"]})
    assert (replaced.status_code, replaced.get_json()["version"]) == (200, 2)
    assert refusal(ada.put(address, {"values": []}, headers={"If-Match": again.headers["ETag"]})) == (
        412,
        "version_conflict",
    )
    assert [one["name"] for one in ada.get(f"{ADDRESS}/lists").get_json()["results"]] == ["product-categories"]
    for wrong, code in (([None], "null"), ([""], "invalid"), (["x" * 501], "invalid"), ([{}], "invalid")):
        assert refusal(ada.put(address, {"values": wrong})) == (422, code)
    assert refusal(ada.put(address, {"values": ["x"] * 100_001})) == (422, "too_many_values")
    assert refusal(ada.put(f"{ADDRESS}/lists/Not-A-Name", {"values": []})) == (422, "invalid")
    assert refusal(ada.put("rule-sets/core/lists/x", {"values": []})) == (404, "not_found")
    assert ada.delete(address).status_code == 204
    assert refusal(ada.get(address)) == (404, "not_found")


def test_a_definition_is_tried_without_being_stored(ada: Person) -> None:
    checked = ada.post("rule-sets/check", {"definition": "rule_set: x\ntarget: records\nrules: 1"}).get_json()
    assert checked["valid"] is False
    assert [fault["pointer"] for fault in checked["faults"]] == ["/fields", "/rules"]
    assert checked["faults"][1]["line"] == 3
    body = {"definition": rules(GIVEN, LOW, rule_set="x"), "records": [{"a": 1, "b": "x"}, {"a": -1}]}
    found = ada.post("rule-sets/check", body).get_json()
    assert (found["valid"], found["results"]["failed_indexes"], found["results"]["version"]) == (True, [1], None)
    assert refusal(ada.get("rule-sets/x")) == (404, "not_found")
    stored(ada)
    ada.put(f"{ADDRESS}/lists/product-categories", {"values": ["fruit"]})
    body = {"definition": PRODUCTS, "records": [product(1), product(2, category="stone")]}
    assert ada.post("rule-sets/check", body).get_json()["results"]["warned_indexes"] == [1]


def test_versions_of_two_writers_follow_each_other(person: MakePerson, at_once: AtOnce) -> None:
    writers = [person(sub=f"w{place}") for place in range(4)]
    bodies = [rules(GIVEN, LOW | {"min": place}) for place in range(4)]
    answers = at_once(
        *(lambda w=writer, b=body: w.put("rule-sets/raced", b) for writer, body in zip(writers, bodies, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert sorted(answer.get_json()["version"] for answer in answers) == [1, 2, 3, 4]
    assert len(audit_rows(writers[0], "rule_set", 0)) == 0


def test_a_tenant_has_a_hundred_sets(ada: Person, unit: Unit, tenant_id: uuid.UUID) -> None:
    assert ada.put("rule-sets/s7", rules(GIVEN)).status_code == 201
    with unit() as session:
        sets = [RuleSet(tenant_id=tenant_id, name=f"more-{place}", target="records") for place in range(99)]
        session.add_all(sets)
    assert refusal(ada.put("rule-sets/more", rules(GIVEN))) == (422, "invalid_rule_set")
    assert ada.delete("rule-sets/s7").status_code == 204
    assert ada.put("rule-sets/more", rules(GIVEN)).status_code == 201
