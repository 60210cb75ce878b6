from services.propagation.domain.tree import find_cycle


def test_a_way_that_ends_has_no_cycle() -> None:
    assert find_cycle({3: 2, 2: 1, 1: None}, start=3) is None


def test_the_cycle_alone_is_returned_in_order() -> None:
    assert find_cycle({5: 3, 3: 2, 2: 4, 4: 3}, start=5) == [3, 2, 4]
    assert find_cycle({1: 1}, start=1) == [1]
