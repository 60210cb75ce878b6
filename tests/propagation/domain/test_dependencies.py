from services.propagation.domain.dependencies import NO_DEPENDENCIES, Dependencies
from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.values import EMPTY, Detail, Key, listed

COUNTRY, CITY = 1, 2
FRANCE, SPAIN, PARIS, ANYWHERE = 10, 11, 20, 21
RULES = Dependencies({CITY: COUNTRY}, {PARIS: FRANCE})


def check(country: int | None, city: int, *, changed: Key = CITY) -> Failure | None:
    details: dict[Key, Detail | None] = {CITY: Detail(listed(city, "city"))}
    if country is not None:
        details[COUNTRY] = Detail(listed(country, "country"))
    return RULES.mismatch(details, changed=[changed])


def test_a_value_goes_with_exactly_its_parent() -> None:
    assert check(FRANCE, PARIS) is None
    failure = check(SPAIN, PARIS)
    assert failure is not None
    assert (failure.error_type, failure.code) == (ErrorType.VALIDATION, "dependent_value_mismatch")


def test_a_changed_parent_is_checked_against_what_depends_on_it() -> None:
    assert check(SPAIN, PARIS, changed=COUNTRY) is not None
    assert check(FRANCE, PARIS, changed=COUNTRY) is None


def test_what_asks_for_nothing_goes_with_everything() -> None:
    assert check(SPAIN, ANYWHERE) is None
    assert check(None, PARIS) is None
    assert RULES.mismatch({CITY: Detail(EMPTY), COUNTRY: Detail(EMPTY)}, changed=[CITY, "custom"]) is None


def test_an_empty_parent_is_not_exactly_that_parent() -> None:
    details: dict[Key, Detail | None] = {CITY: Detail(listed(PARIS, "Paris")), COUNTRY: Detail(EMPTY)}
    assert RULES.mismatch(details, changed=[CITY]) is not None


def test_without_dependencies_nothing_is_checked() -> None:
    assert not NO_DEPENDENCIES
    assert RULES
