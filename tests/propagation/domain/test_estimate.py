import pytest

from services.propagation.domain.estimate import MeasuredRun, duration_text, estimate


def test_without_enough_runs_the_default_formula_counts() -> None:
    two = [MeasuredRun(1000, 1.0)] * 2
    assert estimate(40, 4, runs=two).basis == "default"
    assert estimate(40, 4, runs=two).seconds == pytest.approx(5.6)
    assert estimate(40, 4).text == "5.6s"


def test_equal_runs_give_their_speed() -> None:
    measured = estimate(500, 3, runs=[MeasuredRun(100, 1.0)] * 3)
    assert measured.basis == "measured"
    assert measured.seconds == pytest.approx(5.0)


def test_later_runs_weigh_more_and_only_the_last_twenty_count() -> None:
    slow, fast = MeasuredRun(100, 10.0), MeasuredRun(100, 1.0)
    assert estimate(100, 1, runs=[slow, slow, fast]).seconds < estimate(100, 1, runs=[fast, slow, slow]).seconds
    assert estimate(100, 1, runs=[slow] * 5 + [fast] * 20).seconds == pytest.approx(1.0)


def test_runs_without_strings_or_time_say_nothing() -> None:
    assert estimate(1, 1, runs=[MeasuredRun(0, 1.0), MeasuredRun(5, 0.0)] * 3).basis == "default"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"),
        (5.6, "5.6s"),
        (0.25, "0.3s"),
        (59.94, "59.9s"),
        (59.96, "1m 0s"),
        (78, "1m 18s"),
        (119.7, "2m 0s"),
        (7200, "120m 0s"),
    ],
)
def test_the_text_form(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
