"""Short forms of the calls that change choices, and of what is stored afterwards."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from werkzeug.test import TestResponse

from tests.fixtures.people import Person
from tests.propagation.naming import Naming, answered, detail_of

Body = dict[str, Any]


def chosen(naming: Naming, dimension: str, value: str | None) -> Body:
    """The value as a request words it: a list value by id, the note as a text, None as empty."""
    if dimension == "Note":
        return {"dimension_value_freetext": value}
    return {"dimension_value": naming.values[value] if value is not None else None}


def change(
    naming: Naming,
    string: Mapping[str, Any],
    dimension: str,
    value: str | None,
    *,
    person: Person | None = None,
    headers: Mapping[str, str] | None = None,
    **options: Any,
) -> TestResponse:
    """PATCH of one choice."""
    body = chosen(naming, dimension, value) | options
    address = f"string-details/{detail_of(string, dimension)['id']}"
    return (person or naming.person).patch(address, body, headers=dict(headers or {}))


def item(naming: Naming, string: Mapping[str, Any], dimension: str, value: str | None, **more: Any) -> Body:
    """One update of a batch or an analysis."""
    return {"string_detail_id": detail_of(string, dimension)["id"]} | chosen(naming, dimension, value) | more


def batch(naming: Naming, *updates: Body, person: Person | None = None, **options: Any) -> TestResponse:
    body: Body = {"updates": list(updates)} | ({"options": options} if options else {})
    return (person or naming.person).put("string-details/batch_update", body)


def analyze(naming: Naming, *updates: Body, person: Person | None = None, **options: Any) -> TestResponse:
    body = {"string_detail_updates": list(updates)} | options
    return (person or naming.person).post("string-details/analyze_impact", body)


def shown_names(impact: Mapping[str, Any]) -> dict[int, str]:
    """The new names of a preview by string."""
    return {row["string_id"]: row["new_value"] for row in impact["affected_strings"]}


def stored(naming: Naming) -> dict[int, Body]:
    """All strings of the workspace by id."""
    return {row["id"]: row for row in everything(naming.person, "strings?limit=200")}


def stored_names(naming: Naming) -> dict[int, str]:
    return {string_id: row["value"] for string_id, row in stored(naming).items()}


def values_of(naming: Naming, strings: Sequence[Mapping[str, Any]]) -> list[str]:
    """What these strings are called now."""
    names = stored_names(naming)
    return [names[string["id"]] for string in strings]


def held(naming: Naming, string: Mapping[str, Any], dimension: str) -> Body:
    """The detail as it is stored now."""
    return detail_of(naming.string(string["id"]), dimension)


def answered_csv(response: TestResponse) -> list[dict[str, str]]:
    """The rows of a streamed file by column."""
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def everything(person: Person, path: str) -> list[Body]:
    """All pages of a list."""
    return list(_pages(person, path))


def _pages(person: Person, path: str) -> Iterator[Body]:
    following: str | None = path
    while following:
        page = answered(person.get(following))
        yield from page["results"]
        following = (page["next"] or "").removeprefix("http://localhost")


def job(naming: Naming, job_id: str) -> Body:
    found: Body = answered(naming.person.get(f"jobs/{job_id}"))
    return found


def set_workspace(naming: Naming, **settings: Any) -> None:
    answered(naming.person.patch("settings/workspace", {"settings": settings}))


def set_own(naming: Naming, **settings: Any) -> None:
    answered(naming.person.put("settings/current", {"settings": settings}))
