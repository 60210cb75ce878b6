"""Imports of small files: one run for the file, an outcome for each row, and a round trip with the export."""

import uuid
from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import answered_csv, change, everything, job, set_workspace, stored, stored_names
from tests.propagation.importing import faults, imported, outcomes, send, sheet
from tests.propagation.naming import Naming, answered, detail_of

Row = dict[str, Any]


def exported(naming: Naming) -> list[Row]:
    return list(answered_csv(naming.person.get("strings?format=csv")))


def account(brand: str = "NIKE", region: str = "EU", **more: Any) -> Row:
    return {"field": "account", "dimension:Brand": brand, "dimension:Region": region, **more}


def campaign(note: str = "", brand: str = "NIKE", **more: Any) -> Row:
    return {"field": "campaign", "dimension:Brand": brand, "dimension:Season": "SS26", "dimension:Note": note, **more}


def test_new_strings_with_parents_in_the_file(naming: Naming) -> None:
    rows = [
        campaign("below", key="c", parent_key="a"),
        account(key="a", **{"custom:budget": "10"}),
        {"field": "ad", "parent_key": "c", "dimension:Brand": "PUMA", "dimension:Season": "SS26"},
    ]
    answer = imported(naming, rows)
    assert outcomes(answer) == ["created"] * 3
    assert answer["summary"] == {
        "rows": 3, "created": 3, "updated": 0, "unchanged": 0, "refused": 0, "skipped": 0, "status": "completed",
    }  # fmt: skip
    assert [row["value"] for row in answer["rows"]] == ["NIKE_SS26|[below]", "NIKE-EU", "PUMA-SS26"]
    assert [(row["row"], row["line"]) for row in answer["rows"]] == [(1, 2), (2, 3), (3, 4)]
    names = stored(naming)
    below, top, lowest = (names[row["string_id"]] for row in answer["rows"])
    assert (below["parent"], lowest["parent"], top["custom_fields"]) == (top["id"], below["id"], {"budget": 10})
    assert detail_of(below, "Brand")["source_string"] == top["id"]
    assert (detail_of(lowest, "Brand")["is_inherited"], detail_of(lowest, "Season")["source_string"]) == (
        False, below["id"],
    )  # fmt: skip
    assert naming.string(top["id"])["version"] == 1
    assert (naming.person.get(f"strings/{top['id']}/history").get_json())["results"] == []
    run = job(naming, answer["job_id"])
    assert (run["trigger_type"], run["status"], run["total_strings"], run["processed_strings"]) == (
        "import", "completed", 3, 3,
    )  # fmt: skip


def test_an_export_comes_back_unchanged(naming: Naming) -> None:
    naming.tree()
    naming.make("account", {"Brand": "VANS", "Region": "US"}, custom_fields={"code": "05", "=x": "=1+1", "n": 5})
    before = stored(naming)
    answer = imported(naming, exported(naming))
    assert set(outcomes(answer)) == {"unchanged"}
    assert answer["summary"]["unchanged"] == 8
    assert stored(naming) == before


def test_edited_rows_are_one_run(naming: Naming) -> None:
    tree = naming.tree()
    rows = exported(naming)
    by_id = {int(row["string_id"]): row for row in rows}
    by_id[tree["account"]["id"]]["dimension:Brand"] = "PUMA"
    by_id[tree["campaigns"][1]["id"]]["dimension:Note"] = "'=new"
    by_id[tree["ads"][0]["id"]]["custom:budget"] = "5"
    answer = imported(naming, [row | {"custom:budget": row.get("custom:budget", "")} for row in rows])
    assert answer["summary"] | {"updated": 3, "unchanged": 4, "refused": 0} == answer["summary"]
    names = stored(naming)
    assert names[tree["account"]["id"]]["value"] == "PUMA-EU"
    assert names[tree["campaigns"][1]["id"]]["value"] == "PUMA_SS26|[=new]"
    assert names[tree["ads"][0]["id"]]["custom_fields"] == {"budget": 5}
    assert {row["version"] for row in names.values()} == {2}
    run = job(naming, answer["job_id"])
    assert (run["total_strings"], run["failed_strings"], run["status"]) == (7, 0, "completed")
    history = answered(naming.person.get(f"strings/{tree['campaigns'][1]['id']}/history"))["results"]
    assert [(row["change_type"], row["batch_id"]) for row in history] == [("batch_update", answer["job_id"])]


def test_a_dry_run_tells_the_same_and_writes_nothing(naming: Naming) -> None:
    tree = naming.tree()
    before = stored(naming)
    rows = [
        {"string_id": tree["account"]["id"], "dimension:Brand": "PUMA"},
        campaign("fresh", brand="PUMA", parent_id=tree["account"]["id"]),
        campaign("c0", parent_id=tree["account"]["id"]),
        campaign("c0", brand="PUMA", parent_id=tree["account"]["id"]),
        {"string_id": tree["ads"][0]["id"], "dimension:Brand": "NOBODY"},
    ]
    shown = answered(send(naming, sheet(rows)))
    assert (shown["dry_run"], shown["job_id"]) == (True, None)
    assert stored(naming) == before
    assert everything(naming.person, "jobs") == []
    done = imported(naming, rows, 207)
    told = ("row", "outcome", "value", "faults")
    assert [[row[name] for name in told] for row in shown["rows"]] == [
        [row[name] for name in told] for row in done["rows"]
    ]
    assert outcomes(done) == ["updated", "created", "created", "refused", "refused"]
    assert faults(done) == [(4, None, "duplicate_value"), (5, "dimension:Brand", "not_found")]


def test_every_fault_of_a_row_is_told(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    long = "x" * 101
    rows: list[Row] = [
        {"string_id": "none", "field": "ad", "dimension:Brand": "NIKE"},
        {"string_id": 10**12, "field": "ad"},
        {"string_id": tree["account"]["id"], "field": "ad", "dimension:Brand": "WRONG", "dimension:Region": "EU"},
        {
            "string_id": tree["campaigns"][0]["id"],
            "dimension:Brand": "",
            "dimension:Season": "",
            "dimension:Note": long,
        },
        account(region=""),
        account(brand="WRONG", region="WRONG"),
        {"field": "nothing", "dimension:Brand": "NIKE"},
        {"dimension:Brand": "NIKE"},
        campaign(parent_id=tree["ads"][0]["id"]),
        campaign(parent_id=10**12),
        campaign(parent_key="nobody"),
        campaign(parent_id=tree["account"]["id"], parent_key="x"),
        account(value="OTHER"),
        account(key="same"),
        account(brand="PUMA", key="same"),
    ]
    answer = imported(naming, rows, 409)
    assert answer["code"] == "nothing_applied"
    assert set(outcomes(answer)) == {"refused"}
    assert faults(answer) == [
        (1, "string_id", "not_an_id"),
        (2, "string_id", "not_found"),
        (3, "field", "immutable_field"),
        (3, "dimension:Brand", "not_found"),
        (4, "dimension:Brand", "required_dimension_missing"),
        (4, "dimension:Season", "required_dimension_missing"),
        (4, "dimension:Note", "too_long"),
        (5, "dimension:Region", "required_dimension_missing"),
        (6, "dimension:Brand", "not_found"),
        (6, "dimension:Region", "not_found"),
        (7, "field", "not_found"),
        (8, "field", "required"),
        (9, "parent_id", "invalid_parent"),
        (10, "parent_id", "not_found"),
        (11, "parent_key", "not_found"),
        (12, "parent_key", "both_parents"),
        (13, "value", "value_mismatch"),
        (14, "key", "duplicate_item"),
        (15, "key", "duplicate_item"),
    ]
    run = job(naming, answer["job_id"])
    assert (run["status"], run["total_strings"], run["failed_strings"]) == ("failed", 15, 15)
    errors = everything(naming.person, f"jobs/{run['id']}/errors")
    assert len(errors) == 15 - 2  # the twins were refused before anything was looked at
    assert errors[2]["context_data"]["row"] == 3


def test_what_stands_below_a_refused_row_is_refused(naming: Naming) -> None:
    rows = [
        account(brand="WRONG", key="a"),
        campaign(key="c", parent_key="a"),
        campaign("x", parent_key="b"),
        account(key="b"),
    ]
    answer = imported(naming, rows, 207)
    assert faults(answer) == [(1, "dimension:Brand", "not_found"), (2, "parent_key", "parent_refused")]
    assert outcomes(answer) == ["refused", "refused", "created", "created"]


@pytest.mark.parametrize(("handling", "expected"), [("stop", 2), ("rollback", 0)])
def test_what_a_fault_means_for_the_others(naming: Naming, handling: str, expected: int) -> None:
    tree = naming.tree(campaigns=2, ads=0)
    first, second = tree["campaigns"]
    rows = [
        account(brand="VANS"),
        campaign("free", string_id=first["id"]),
        campaign("free", string_id=second["id"]),  # the same name below the same parent
        account(brand="PUMA"),
    ]
    answer = imported(naming, rows, 207 if expected else 409, error_handling=handling)
    assert faults(answer) == [(3, "dimension:Note", "duplicate_value")]
    done = [row["outcome"] for row in answer["rows"] if row["outcome"] in ("created", "updated")]
    assert len(done) == expected
    assert outcomes(answer)[-1] == "skipped"
    assert len(stored_names(naming)) == 3 + (1 if expected else 0)


def test_names_can_be_swapped(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=0)
    first, second = tree["campaigns"]
    imported(naming, [
        {"string_id": first["id"], "dimension:Note": "c1"}, {"string_id": second["id"], "dimension:Note": "c0"},
    ])  # fmt: skip
    names = stored_names(naming)
    assert (names[first["id"]], names[second["id"]]) == (second["value"], first["value"])


def test_a_string_can_move(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    other = naming.make("account", {"Brand": "PUMA", "Region": "EU"})
    imported(naming, [{"string_id": tree["campaigns"][0]["id"], "parent_id": other["id"], "dimension:Note": "moved"}])
    moved = naming.string(tree["campaigns"][0]["id"])
    assert (moved["parent"], moved["value"], moved["version"]) == (other["id"], "PUMA_SS26|[moved]", 2)
    assert naming.string(tree["ads"][0]["id"])["value"].startswith("PUMA")


def test_an_imported_name_may_be_incomplete(naming: Naming) -> None:
    answer = imported(naming, [{"field": "account", "value": "NIKE something", "dimension:Brand": "NIKE"}])
    string = naming.string(answer["rows"][0]["string_id"])
    assert (string["value"], string["is_auto_generated"], string["stale_reason"]) == (
        "NIKE something", False, "incomplete",
    )  # fmt: skip


def test_an_import_can_be_undone(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    before = stored_names(naming)
    answer = imported(naming, [{"string_id": tree["account"]["id"], "dimension:Brand": "PUMA"}])
    answered(naming.person.post(f"jobs/{answer['job_id']}/undo"))
    assert stored_names(naming) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_header"),
        (b"\r\n", "no_header"),
        (b"string_id,field,field\n", "duplicate_column"),
        (b"string_id,colour\n", "unknown_column"),
        (b"string_id,dimension:\n", "unknown_column"),
        (b"string_id,dimension:Nobody\n", "unknown_column"),
        (b"field\nacc\xffount\n", "bad_encoding"),
        ("field\naccount\n".encode("utf-16"), "bad_encoding"),
        (b"field\nacc\x00ount\n", "nul_character"),
        (b"field\naccount,more\n", "row_too_long"),
        (b'field\n"account\n', "not_csv"),
        (b"field\n" + b"x" * 10_001 + b"\n", "cell_too_long"),
    ],
)
def test_a_file_that_cannot_be_read(naming: Naming, content: bytes, code: str) -> None:
    answer = answered(send(naming, content), 422)
    assert (answer["code"], answer["errors"][0]["pointer"]) == (code, "/file")
    assert everything(naming.person, "jobs") == []


def test_a_mark_in_front_and_empty_lines_do_no_harm(naming: Naming) -> None:
    content = "\ufefffield,dimension:Brand,dimension:Region\r\n\r\naccount,NIKE,EU\r\n,,\r\n".encode()
    answer = answered(send(naming, content, dry_run=False))
    assert outcomes(answer) == ["created"]


def test_limits(naming: Naming) -> None:
    many = b"field\n" + b"account\n" * 100_001
    assert answered(send(naming, many), 422)["code"] == "too_many_rows"
    large = b"field\n" + b"x" * (20 * 2**20)
    assert answered(send(naming, large), 413)["code"] == "file_too_large"
    assert answered(send(naming, large + b"x" * 2**20), 413)["code"] == "too_large"


def test_what_the_form_takes(naming: Naming, person: MakePerson) -> None:
    assert answered(send(naming, b"field\n", rule=10**9), 422)["errors"][0]["pointer"] == "/rule"
    assert answered(send(naming, b"field\n", colour="red"), 422)["errors"][0]["code"] == "unknown_field"
    data = {"rule": str(naming.rule)}
    missing = naming.person.call("POST", "imports", data=data, content_type="multipart/form-data")
    assert answered(missing, 422)["errors"][0]["pointer"] == "/file"
    assert naming.person.post("imports", {"rule": naming.rule}).status_code == 415
    assert send(naming, b"field\n", person=person(roles=["viewer"], sub="vera")).status_code == 403


def test_other_workspaces_are_out_of_reach(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    other = Naming.build(person(tenant_id=uuid.uuid4()))
    answer = answered(send(other, sheet([{"string_id": tree["account"]["id"], "dimension:Brand": "PUMA"}])))
    assert faults(answer) == [(1, "string_id", "not_found")]
    done = imported(naming, [account(brand="PUMA")])
    assert other.person.get(f"imports/{done['job_id']}").status_code == 404
    assert other.person.get(f"imports/{done['job_id']}/rows").status_code == 404


def test_what_became_of_it_can_be_read_again(naming: Naming) -> None:
    answer = imported(naming, [account(), account(brand="WRONG", region="WRONG")], 207)
    again = answered(naming.person.get(f"imports/{answer['job_id']}"))
    assert (again["summary"], again["rows"]) == (answer["summary"], answer["rows"])
    rows = everything(naming.person, f"imports/{answer['job_id']}/rows?limit=1")
    assert rows == answer["rows"]
    refused = answered(naming.person.get(f"imports/{answer['job_id']}/rows?outcome=refused"))["results"]
    assert [row["row"] for row in refused] == [2]
    table = answered_csv(naming.person.get(f"imports/{answer['job_id']}/rows?format=csv"))
    assert [(row["row"], row["column"], row["code"]) for row in table] == [
        ("1", "", ""), ("2", "dimension:Brand", "not_found"), ("2", "dimension:Region", "not_found"),
    ]  # fmt: skip
    top = naming.string(answer["rows"][0]["string_id"])
    other = answered(change(naming, top, "Brand", "PUMA"))
    assert naming.person.get(f"imports/{other['propagation_summary']['job_id']}").status_code == 404


def test_the_same_key_imports_once(naming: Naming) -> None:
    headers = {"Idempotency-Key": "one", "Content-Type": "multipart/form-data; boundary=x"}
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    body = "".join(
        [
            part.format("rule", "", naming.rule),
            part.format("dry_run", "", "false"),
            part.format("file", '; filename="a.csv"', sheet([account()]).decode()),
            "--x--\r\n",
        ]
    ).encode()
    answers = [naming.person.call("POST", "imports", data=body, headers=headers) for _time in range(2)]
    first, second = (answered(answer) for answer in answers)
    assert first == second
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(stored_names(naming)) == 1


def test_statements_do_not_grow_with_rows(naming: Naming, app: ServiceApp) -> None:
    set_workspace(naming, background_processing_threshold=1000)
    counts = []
    for number in (3, 30):
        top = imported(naming, [account(key="a", region="EU" if number == 3 else "US")])["rows"][0]["string_id"]
        rows = [campaign(f"{number} {n}", parent_id=top) for n in range(number)]
        with counting(app.runtime.db.engine) as creating:
            made = imported(naming, rows)
        edits = [{"string_id": row["string_id"], "dimension:Note": f"new {row['row']}"} for row in made["rows"]]
        with counting(app.runtime.db.engine) as updating:
            assert imported(naming, edits)["summary"]["updated"] == number
        counts.append((len(creating), len(updating)))
    assert counts[0] == counts[1]
