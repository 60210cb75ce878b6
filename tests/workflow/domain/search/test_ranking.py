"""The ranking tables, and that the order of typos holds whatever the rest is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.search.ranking import WEIGHTS, Found, Scheme, score, title_similarity, word_quality
from services.workflow.domain.search.snippets import MAX_SNIPPET, highlights, snippet

FOUND = st.builds(
    Found,
    entity=st.sampled_from(sorted(WEIGHTS)),
    text_rank=st.none() | st.floats(0, 1),
    title_similarity=st.floats(0, 1),
    typos=st.integers(0, 4),
    age_days=st.none() | st.floats(0, 4000),
    is_overdue=st.booleans(),
    priority=st.sampled_from([None, "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
    is_own=st.booleans(),
    is_assigned=st.booleans(),
    is_of_team=st.booleans(),
)


@pytest.mark.parametrize(
    ("title", "qualities", "expected"),
    [
        ("oil pump", [1, 1], 1.0),
        ("oil pump seven", [1, 1], 0.95),
        ("the oil pump", [1, 1], 0.85),
        ("oil for the pump", [1, 1], 0.99),
        ("pump", [0, 1], 0.5),
        ("pumps oil", [1, word_quality(4, 5, edits=1)], 0.82),
    ],
)
def test_title_similarity(title: str, qualities: list[float], expected: float) -> None:
    assert title_similarity("oil pump", title, qualities) == pytest.approx(expected)


def test_the_raw_rank_is_the_sum_of_its_parts() -> None:
    best = Found("ticket", 1.0, 1.0, 0, 1, is_overdue=True, is_own=True)
    assert score(best) == 1.0
    worst = Found("ticket", 0.0, 0.0, 0, 4000, priority="LOW")
    assert score(worst) == round(0.5 + (0.2 * 0.2 + 0.1 * 0.4 + 0.1 * 0.3) / 2, 4)
    middle = Found("task", None, 0.5, 1, None, priority="MEDIUM", is_of_team=True)
    assert score(middle) == round(0.25 + (0.4 * 0.5 + 0.2 * 0.5 + 0.2 * 0.5 + 0.06 + 0.06) / 4, 4)
    unified = Found("work_order", 0.8, 0.0, 0, 3)
    assert score(unified, "unified") == round(0.5 + (0.4 * 0.9 + 0.5 * 0.8 + 0.2) / 1.2 / 2, 4)


@given(FOUND, st.sampled_from(["search", "unified"]))
def test_fewer_typos_always_stand_higher(found: Found, scheme: Scheme) -> None:
    value = score(found, scheme)
    if found.typos == 0:
        assert 0.5 <= value <= 1
    elif found.typos == 1:
        assert 0.25 <= value < 0.5
    else:
        assert 0 <= value < 0.25


@given(st.text("ab <&東京\n", max_size=600), st.sets(st.sampled_from(["a", "ab", "東京"])))
def test_a_snippet_is_a_short_piece_of_the_text(body: str, matched: set[str]) -> None:
    piece = snippet(body, matched)
    assert len(piece) <= MAX_SNIPPET
    assert piece in " ".join(body.split())
    for place in highlights("snippet", piece, matched):
        assert 0 <= place.offset < place.offset + place.length <= len(piece)


def test_highlights_point_at_the_shown_text() -> None:
    shown = "The ELEVATOR (elevators) in Überlingen"
    places = highlights("title", shown, {"elevator", "uberlingen"})
    assert [shown[one.offset :][: one.length] for one in places] == ["ELEVATOR", "Überlingen"]
