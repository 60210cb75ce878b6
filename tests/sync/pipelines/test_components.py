"""Components are found by name; two with one name stop the process with both packages named."""

from importlib.metadata import EntryPoint

import pytest

from services.sync.domain.graph import circle, in_order
from services.sync.operations.components import ComponentTwice, check_components, components, loaded

TABLE = EntryPoint("table", "services.sync.loaders.table:COMPONENT", "concord.sync.loaders")


def test_the_built_in_ones_are_registered() -> None:
    assert "table" in components("loaders")
    check_components()


def test_two_of_one_name() -> None:
    assert loaded("loaders", [TABLE])["table"].name == "table"
    other = EntryPoint("table", "elsewhere.loaders:COMPONENT", "concord.sync.loaders")
    with pytest.raises(ComponentTwice, match="two loaders are called table: one of elsewhere and services has to go"):
        loaded("loaders", [TABLE, other])


def test_circles_and_order() -> None:
    graph = {"a": ["b", "d"], "b": ["c"], "c": ["a"], "d": []}
    assert circle("a", graph) == ["a", "b", "c", "a"]
    assert circle("d", graph) == []
    assert circle("x", {"x": ["x"]}) == ["x", "x"]
    assert in_order(["z", "b", "c"], {"z": ["b"], "b": ["c", "gone"], "c": []}) == ["c", "b", "z"]
