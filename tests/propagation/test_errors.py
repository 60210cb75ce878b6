"""Errors of runs through HTTP; the rows are written as a run writes them."""

import uuid
from typing import Any

import pytest

from services.propagation.models import Job, RunError
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.propagation.naming import Naming, answered, detail_of


class Runs:
    """Writes jobs and errors of one tenant."""

    def __init__(self, app: ServiceApp, context: Context) -> None:
        self.app, self.context = app, context

    def job(self) -> uuid.UUID:
        with self.app.runtime.db.transaction(self.context) as session:
            job = Job(tenant_id=self.context.tenant_id, kind="propagation.run", queue="propagation")
            session.add(job)
            session.flush()
            return job.id

    def error(self, job_id: uuid.UUID, **more: Any) -> int:
        columns = {"error_type": "conflict_error", "error_code": "duplicate_value", "is_retryable": False}
        with self.app.runtime.db.transaction(self.context) as session:
            row = RunError(tenant_id=self.context.tenant_id, job_id=job_id, error_message="Taken.", **columns | more)
            session.add(row)
            session.flush()
            return row.id


@pytest.fixture
def runs(app: ServiceApp, context: Context) -> Runs:
    return Runs(app, context)


def test_errors_are_read_with_the_name_of_their_string(naming: Naming, runs: Runs) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    detail = detail_of(account, "Brand")["id"]
    job = runs.job()
    error = runs.error(job, string_id=account["id"], string_detail_id=detail, context_data={"level": 1})
    read = naming.person.get(f"errors/{error}")
    shown = answered(read)
    assert (shown["job"], shown["job_batch_id"]) == (str(job), str(job))
    assert (shown["string"], shown["string_value"], shown["string_detail"]) == (account["id"], "NIKE-EU", detail)
    assert (shown["error_type"], shown["error_code"]) == ("conflict_error", "duplicate_value")
    assert (shown["context_data"], shown["retry_count"], shown["resolved"]) == ({"level": 1}, 0, False)
    assert naming.person.get(f"errors/{error}", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    assert answered(naming.person.get("errors"))["results"] == [shown]


def test_errors_outlive_their_strings(naming: Naming, runs: Runs) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    detail = detail_of(account, "Brand")["id"]
    about_string = runs.error(runs.job(), string_id=account["id"])
    about_detail = runs.error(runs.job(), string_detail_id=detail)
    assert naming.person.delete(f"strings/{account['id']}").status_code == 204
    for error in (about_string, about_detail):
        shown = answered(naming.person.get(f"errors/{error}"))
        assert (shown["string"], shown["string_value"], shown["string_detail"]) == (None, None, None)


def test_errors_are_filtered(ada: Person, runs: Runs) -> None:
    first, second = runs.job(), runs.job()
    one = runs.error(first, string_id=5)
    two = runs.error(second, error_type="timeout_error", error_code="timeout", is_retryable=True)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in answered(ada.get(f"errors?{query}"))["results"]]

    assert ids("") == [two, one]
    assert ids("error_type=timeout_error") == [two]
    assert ids("is_retryable=false") == [one]
    assert ids(f"job={first}") == [one]
    assert ids("string=5") == [one]
    assert ids("resolved=true") == []
    assert ids("resolved=false&limit=1") == [two]
    refused = ada.get("errors?error_type=bad_luck")
    assert (refused.status_code, codes(refused)) == (422, ["invalid"])


def test_an_error_is_resolved_once(ada: Person, runs: Runs) -> None:
    error = runs.error(runs.job(), error_type="database_error", error_code="lost", is_retryable=True)
    address = f"errors/{error}"
    tag = ada.get(address).headers["ETag"]
    answer = answered(ada.post(f"{address}/mark_resolved"))
    shown = answer["error"]
    assert (shown["resolved"], shown["is_retryable"], shown["resolution"]) == (True, False, "marked_resolved")
    assert (shown["resolved_by"], shown["resolved_by_name"]) == ("ada", "Ada")
    assert shown["resolved_at"] is not None
    assert "resolved" in answer["message"]
    read = ada.get(address, headers={"If-None-Match": tag})
    assert answered(read) == shown
    refused = ada.post(f"{address}/mark_resolved")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_resolved")


def test_errors_have_no_other_writing_method(ada: Person, runs: Runs) -> None:
    error = runs.error(runs.job())
    for method, address in (("POST", "errors"), *((verb, f"errors/{error}") for verb in ("PUT", "PATCH", "DELETE"))):
        refused = ada.call(method, address, {})
        assert (refused.status_code, refused.get_json()["code"]) == (405, "method_not_allowed")


def test_who_may_resolve(person: MakePerson, runs: Runs) -> None:
    error = runs.error(runs.job())
    viewer, operator = person(sub="vic", roles=["viewer"]), person(sub="olga", roles=["operator"])
    assert viewer.get(f"errors/{error}").status_code == 200
    assert viewer.post(f"errors/{error}/mark_resolved").status_code == 403
    stranger = person(tenant_id=uuid.uuid4())
    assert stranger.get(f"errors/{error}").status_code == 404
    assert stranger.post(f"errors/{error}/mark_resolved").status_code == 404
    assert operator.call("POST", f"errors/{error}/mark_resolved").status_code == 200
