"""Many names checked beside each other through HTTP: as JSON and as CSV, at once and in a worker."""

import csv
import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.propagation.operations.names import background
from shared.app import ServiceApp
from shared.jobs.performing import AttemptFailed
from tests.fixtures.people import codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import analyze, item, set_workspace
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Row = dict[str, Any]


def check(naming: Naming, *rows: Row) -> dict[str, Any]:
    found: dict[str, Any] = answered(naming.person.post("names/check", {"rows": list(rows)}))
    return found


def upload(
    naming: Naming, content: str | bytes, *, query: str = "", as_form: bool = False, **headers: str
) -> TestResponse:
    sent = content if isinstance(content, bytes) else content.encode()
    own = {"Authorization": f"Bearer {naming.person.token}"} | headers
    address = f"/api/propagation/v1/names/check{query}"
    if as_form:
        form = {"file": (io.BytesIO(sent), "names.csv")}
        return naming.person.client.post(address, data=form, headers=own, content_type="multipart/form-data")
    return naming.person.client.post(address, data=sent, headers=own, content_type="text/csv")


def table(response: TestResponse) -> list[dict[str, str]]:
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def notes(row: Row, kind: str) -> list[str]:
    return [note["code"] for note in row[kind]]


def test_each_row_says_what_it_is(naming: Naming, person: MakePerson) -> None:
    viewer = person(sub="vic", roles=["viewer"])
    rows = [
        {"value": "NIKE_SS26", "field": "campaign"},
        {"value": "ACME_SS26", "field": naming.fields["campaign"], "rule": "Standard"},
        {"value": "NIKE-SS26", "field": "ad", "rule": naming.rule},
    ]
    found = answered(viewer.post("names/check", {"rows": rows}))
    assert {name: found[name] for name in ("total", "valid", "invalid", "ambiguous")} == {
        "total": 3, "valid": 2, "invalid": 1, "ambiguous": 1,
    }  # fmt: skip
    assert (found["counts"], found["duplicates"]) == ({"unknown_value": 1}, [])
    first, second, third = found["results"]
    assert (first["row"], first["valid"], first["field"], first["rule"]) == (
        1, True, naming.fields["campaign"], naming.rule,
    )  # fmt: skip
    assert [part["text"] for part in first["readings"][0]] == ["NIKE", "SS26"]
    assert (second["matches"], notes(second, "reasons")) == (False, ["unknown_value"])
    assert [[part["dimension_name"] for part in reading] for reading in third["readings"]] == [
        ["Brand", "Season"],
        ["Brand", "Note"],
    ]


def test_levels_below_the_parent(naming: Naming) -> None:
    naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    found = check(
        naming,
        {"value": "NIKE_SS26", "field": "campaign", "parent": "NIKE-EU"},
        {"value": "NIKE", "field": "ad", "parent": "NIKE-EU"},
        {"value": "NIKE-EU", "field": "account", "parent": "NIKE-EU"},
        {"value": "NIKE", "field": "ad", "parent": "PUMA-EU"},
        {"value": "NIKE-SS26", "field": "ad", "parent": "NIKE_SS26"},
        {"value": "NIKE_FW26", "field": "campaign", "parent": "NIKE_SS26"},
    )
    told = [(notes(row, "errors"), notes(row, "warnings"), row["valid"]) for row in found["results"]]
    assert told == [
        ([], [], True),
        ([], ["missing_intermediate_level"], True),
        (["invalid_entity_level"], [], False),
        ([], ["parent_not_found"], True),
        ([], [], True),
        (["invalid_entity_level"], [], False),
    ]
    assert found["counts"] == {"invalid_entity_level": 2, "missing_intermediate_level": 1, "parent_not_found": 1}


def test_a_parent_of_another_platform_is_none(naming: Naming) -> None:
    naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    other = naming.add("platforms", platform_type="search", name="Google Ads")
    field = naming.add("fields", platform=other, name="campaign", field_level=2)
    rule = naming.add("rules", platform=other, name="Search")
    found = check(naming, {"value": "x", "field": field, "rule": rule, "parent": "NIKE-EU"})
    (row,) = found["results"]
    assert (notes(row, "reasons"), notes(row, "warnings")) == (["no_rule_details"], ["parent_not_found"])


def test_duplicates(naming: Naming) -> None:
    once = {"value": "NIKE_SS26", "field": "campaign"}
    found = check(naming, once, once | {"parent": "NIKE-EU"}, once | {"field": naming.fields["campaign"]}, once)
    assert found["duplicates"] == [{"value": "NIKE_SS26", "rows": [1, 3, 4]}]
    assert [notes(row, "warnings") for row in found["results"]] == [
        ["duplicate"], ["parent_not_found"], ["duplicate"], ["duplicate"],
    ]  # fmt: skip
    assert found["counts"]["duplicate"] == 3


def test_words_that_mean_nothing_or_too_much(naming: Naming) -> None:
    other = naming.add("platforms", platform_type="search", name="Google Ads")
    twin = naming.add("fields", platform=other, name="campaign", field_level=1)
    rule = naming.add("rules", platform=other, name="Standard")
    season = {"dimension": naming.dimensions["Season"], "dimension_order": 1}
    naming.add("rule-details", rule=rule, field=twin, **season)
    found = check(
        naming,
        {"value": "NIKE", "field": "banner"},
        {"value": "NIKE_SS26", "field": "campaign", "rule": "Other"},
        {"value": "NIKE_SS26", "field": "campaign", "rule": "Standard"},
        {"value": "SS26", "field": "campaign", "rule": rule},
        {"value": "SS26", "field": twin, "rule": naming.rule},
        {"value": "NIKE_SS26", "field": "campaign"},
    )
    assert [notes(row, "errors") for row in found["results"]] == [
        ["not_found"], ["not_found"], ["ambiguous"], [], ["not_found"], [],
    ]  # fmt: skip
    assert [row["field"] for row in found["results"]] == [None, None, None, twin, None, naming.fields["campaign"]]


def test_a_rule_for_rows_that_name_none(naming: Naming) -> None:
    other = naming.add("rules", platform=naming.platform, name="Other")
    rows = [{"value": "x", "field": "ad"}, {"value": "NIKE", "field": "ad", "rule": "Standard"}]
    found = answered(naming.person.post(f"names/check?rule={other}", {"rows": rows}))["results"]
    assert [row["rule"] for row in found] == [other, naming.rule]
    assert codes(naming.person.post("names/check?colour=red", {"rows": rows})) == ["unknown_field"]


@pytest.mark.parametrize("as_form", [False, True])
def test_a_file_comes_back_with_columns_added(naming: Naming, as_form: bool) -> None:
    content = (
        "\ufeffvalue,field,parent,owner\r\n"
        "NIKE_SS26|[a],campaign,,=cmd()\r\n"
        '"ACME_SS26",campaign,NIKE-EU,"Ada, Grace"\r\n'
        "\r\n"
        "NIKE_SS26,,,\r\n"
    )
    response = upload(naming, content, as_form=as_form, Accept="text/csv")
    first, second, third = table(response)
    assert list(first) == [
        "value", "field", "parent", "owner", "valid", "matches", "ambiguous", "codes", "messages",
        "dimension:Brand", "dimension:Season", "dimension:Note",
    ]  # fmt: skip
    assert (first["value"], first["owner"], first["valid"], first["codes"]) == ("NIKE_SS26|[a]", "'=cmd()", "true", "")
    assert (first["dimension:Brand"], first["dimension:Season"], first["dimension:Note"]) == ("NIKE", "SS26", "a")
    assert (second["owner"], second["valid"], second["codes"]) == (
        "Ada, Grace", "false", "unknown_value;parent_not_found",
    )  # fmt: skip
    assert (third["codes"], third["dimension:Brand"]) == ("required", "")
    again = upload(naming, response.get_data(), Accept="text/csv")
    assert again.get_data() == response.get_data()


def test_the_answer_to_a_file_may_be_json(naming: Naming) -> None:
    content = f"value,field,rule\nNIKE_SS26,{naming.fields['campaign']},{naming.rule}\n"
    found = answered(upload(naming, content))
    assert (found["total"], found["valid"], found["results"][0]["row"]) == (1, 1, 1)


def test_the_answer_to_json_may_be_csv(naming: Naming) -> None:
    body = {"rows": [{"value": "NIKE_SS26", "field": "campaign"}]}
    (row,) = table(naming.person.post("names/check", body, headers={"Accept": "text/csv"}))
    assert (row["value"], row["field"], row["rule"], row["valid"]) == ("NIKE_SS26", "campaign", "", "true")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_header"),
        (b"value,field\n", "no_rows"),
        (b"name,field\nx,y\n", "missing_column"),
        (b"value,value\nx,y\n", "duplicate_column"),
        (b"value,field\nx,y,z\n", "row_too_long"),
        (b"value,field\n\xff,y\n", "bad_encoding"),
        (b'value,field\n"x,y\n', "not_csv"),
        (b"value\n" + b"x\n" * 10_001, "too_many_rows"),
    ],
)
def test_files_that_cannot_be_read(naming: Naming, content: bytes, code: str) -> None:
    refused = upload(naming, content, as_form=True)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert refused.get_json()["errors"][0]["pointer"] == "/file"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/rows", "required"),
        ({"rows": []}, "/rows", "invalid"),
        ({"rows": [{"value": "x", "field": "ad"}] * 10_001}, "/rows", "invalid"),
        ({"rows": [{"field": "ad"}]}, "/rows/0/value", "required"),
        ({"rows": [{"value": "x"}]}, "/rows/0/field", "required"),
        ({"rows": [{"value": "x", "field": True}]}, "/rows/0/field", "invalid"),
        ({"rows": [{"value": "x", "field": "ad", "parent": 7}]}, "/rows/0/parent", "invalid"),
        ({"rows": [{"value": "x", "field": "ad", "colour": "red"}]}, "/rows/0/colour", "unknown_field"),
    ],
)
def test_bodies_that_cannot_be(naming: Naming, body: dict[str, Any], pointer: str, code: str) -> None:
    refused = naming.person.post("names/check", body)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_other_media_types(naming: Naming) -> None:
    own = {"Authorization": f"Bearer {naming.person.token}"}
    address = "/api/propagation/v1/names/check"
    refused = naming.person.client.post(address, data=b"<x/>", headers=own, content_type="application/xml")
    assert refused.status_code == 415
    broken = naming.person.client.post(address, data=b"{", headers=own, content_type="application/json")
    assert broken.status_code == 400
    form = {"other": "x"}
    odd = naming.person.client.post(address, data=form, headers=own, content_type="multipart/form-data")
    assert (odd.status_code, codes(odd)) == (422, ["required", "unknown_field"])


def many(count: int) -> list[Row]:
    """Every third is wrong, the last is the first again."""
    rows: list[Row] = [
        {"value": f"{'ACME' if number % 3 == 0 else 'NIKE'}_SS26|[{number}]", "field": "campaign"}
        for number in range(count - 1)
    ]
    return [*rows, rows[0]]


def test_many_rows_are_a_job(naming: Naming, worker: Worker) -> None:
    rows = many(1000)
    answer = naming.person.post("names/check", {"rows": rows})
    job = answered(answer, 202)
    assert (job["status"], job["total"], job["kind"]) == ("pending", 1000, "propagation.names")
    assert answer.headers["Location"].endswith(f"/jobs/{job['id']}")
    worker.run()
    ended = answered(naming.person.get(f"jobs/{job['id']}"))
    assert (ended["status"], ended["processed"], ended["failed"], ended["progress_percentage"]) == (
        "completed", 1000, 0, 100,
    )  # fmt: skip
    figures = ended["metadata"]["names"]
    assert (figures["total"], figures["valid"], figures["invalid"]) == (1000, 666, 334)
    assert figures["counts"] == {"duplicate": 2, "unknown_value": 334}
    assert figures["duplicates"] == [{"value": "ACME_SS26|[0]", "rows": [1, 1000]}]
    address = figures["results_url"].removeprefix("/api/propagation/v1/")
    page = answered(naming.person.get(f"{address}?limit=2&valid=false"))
    assert [row["row"] for row in page["results"]] == [1, 4]
    assert page["next"]
    written = table(naming.person.get(address, headers={"Accept": "text/csv"}))
    assert len(written) == 1000
    assert [written[1]["valid"], written[1]["dimension:Note"], written[0]["codes"]] == [
        "true", "1", "unknown_value;duplicate",
    ]  # fmt: skip
    undo = naming.person.post(f"jobs/{job['id']}/undo", {})
    assert (undo.status_code, undo.get_json()["code"]) == (409, "job_not_undoable")


def test_checks_say_nothing_about_the_speed_of_runs(naming: Naming, worker: Worker) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    for _check in range(3):
        answered(naming.person.post("names/check", {"rows": many(1000)}), 202)
    worker.run()
    set_workspace(naming, background_processing_threshold=1)
    summary = answered(analyze(naming, item(naming, account, "Brand", "PUMA")))["summary"]
    assert (summary["processing_method"], summary["estimate_basis"]) == ("background", "default")


def test_a_large_file_is_a_job_too(naming: Naming, worker: Worker) -> None:
    content = "value,field,owner\n" + "NIKE_SS26,campaign,=x\n" * 1000
    job = answered(upload(naming, content), 202)
    worker.run()
    written = table(naming.person.get(f"jobs/{job['id']}/names?format=csv"))
    assert (len(written), list(written[0])[:4], written[0]["owner"]) == (
        1000, ["value", "field", "owner", "valid"], "'=x",
    )  # fmt: skip


def test_a_cancelled_check_can_be_tried_again(naming: Naming, worker: Worker) -> None:
    job = answered(naming.person.post("names/check", {"rows": many(1000)}), 202)
    answered(naming.person.post(f"jobs/{job['id']}/cancel", {}))
    again = answered(naming.person.post(f"jobs/{job['id']}/retry", {}), 202)
    worker.run()
    ended = answered(naming.person.get(f"jobs/{again['id']}"))
    assert (ended["status"], ended["retry_of"], ended["metadata"]["names"]["total"]) == ("completed", job["id"], 1000)


def test_a_check_takes_up_where_another_worker_left_it(
    naming: Naming, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = answered(naming.person.post("names/check", {"rows": many(1200)}), 202)
    conclude = background._conclude

    def fail(*_given: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(background, "_conclude", fail)
    with pytest.raises(AttemptFailed):
        worker.step()
    half = answered(naming.person.get(f"jobs/{job['id']}"))
    assert (half["status"], half["processed"]) == ("pending", 1200)
    monkeypatch.setattr(background, "_conclude", conclude)
    worker.skip_pause(job["id"])
    worker.run()
    ended = answered(naming.person.get(f"jobs/{job['id']}"))
    assert (ended["status"], ended["processed"]) == ("completed", 1200)


def test_the_number_of_statements_does_not_grow(naming: Naming, app: ServiceApp) -> None:
    naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    counts = []
    for size in (5, 500):
        rows = [row | {"parent": "NIKE-EU"} for row in many(size)]
        with counting(app.runtime.db.engine) as sent:
            assert check(naming, *rows)["total"] == size
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12
