"""Searches that cannot be answered, and what is told about them."""

from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "query_too_short", "/query"),
        ({"query": ""}, "query_too_short", "/query"),
        ({"query": None}, "query_too_short", "/query"),
        ({"query": "  \t "}, "query_too_short", "/query"),
        ({"query": " x "}, "query_too_short", "/query"),
        ({"query": "x" * 501}, "query_too_long", "/query"),
        ({"query": "x" * 100_000}, "query_too_long", "/query"),
        ({"query": "pump", "entities": ["planet"]}, "unknown_entity", "/entities/0"),
        ({"query": "pump", "filters": {"planet": {}}}, "unknown_field", "/filters/planet"),
        ({"query": "pump", "filters": {"ticket": {"colour": "red"}}}, "unknown_filter", "/filters/ticket/colour"),
        ({"query": "pump", "limit": 0}, "invalid", "/limit"),
        ({"query": "pump", "limit": 101}, "invalid", "/limit"),
        ({"query": "pump", "page": 41}, "invalid", "/page"),
        (
            {"query": "pump", "filters": {"ticket": {"created_after": "soon"}}},
            "invalid",
            "/filters/ticket/created_after",
        ),
        ({"query": "pump", "cursor": "abc"}, "bad_cursor", "/cursor"),
        ({"query": "pump", "colour": "red"}, "unknown_field", "/colour"),
    ],
)
def test_a_bad_search_is_told_by_field(ada: Person, body: dict[str, Any], code: str, pointer: str) -> None:
    response = ada.post("search", body)
    problem = response.get_json()
    assert response.status_code == 422
    assert problem["code"] == code
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert pointer.rsplit("/", 1)[-1] in problem["detail"] or "entities" in problem["detail"]


def test_the_long_known_path_says_400(ada: Person) -> None:
    response = ada.post("search", {"query": "x"}, headers={"X-Contract": "v1-paths"})
    problem = response.get_json()
    assert response.status_code == problem["status"] == 400
    assert problem["code"] == problem["error"] == "query_too_short"
    assert problem["message"] == problem["detail"]
    for headers in ({}, {"X-Contract": "v1-paths"}):
        hostile = ada.post("search", {"query": "pump", "<script>": 1}, headers=headers)
        assert hostile.get_json()["errors"][0]["pointer"] == "/<script>"
        assert b"<" not in hostile.get_data()


@pytest.mark.parametrize(
    "query",
    ["", "q=x", "q=pump&modules=planets", "q=pump&limit=0", "q=pump&limit=101", "q=pump&date_from=soon", "q=pump&x=1"],
)
def test_a_refused_unified_search_still_has_results(ada: Person, query: str) -> None:
    response = ada.get(f"search/unified?{query}")
    problem = response.get_json()
    assert response.status_code == 422
    assert problem["results"] == []
    assert problem["total_count"] == 0


def test_search_needs_its_permission(person: MakePerson) -> None:
    response = person(roles=[], permissions=["ticket.view"]).post("search", {"query": "pump"})
    assert response.status_code == 403
    assert response.get_json()["permission"] == "search.use"


def test_a_click_needs_all_four_fields(ada: Person) -> None:
    response = ada.post("search/clicks", {})
    assert response.status_code == 422
    assert set(codes(response)) == {"required"}
    assert len(codes(response)) >= 3
