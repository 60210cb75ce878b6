"""What the environment says about the relay."""

import pytest

from concord.settings import RelaySettings
from tests.concord.conftest import Run


@pytest.mark.parametrize("address", ["127.0.0.1:9108", "[::1]:9108", "0.0.0.0:1"])
def test_where_the_relay_serves_its_figures(address: str) -> None:
    assert RelaySettings.read({"CONCORD_RELAY_METRICS": address}).metrics == address


@pytest.mark.parametrize("given", [{}, {"CONCORD_RELAY_METRICS": ""}])
def test_it_serves_none_unless_told(given: dict[str, str]) -> None:
    assert RelaySettings.read(given).metrics is None


@pytest.mark.parametrize("address", ["9108", ":9108", "localhost:", "localhost:0", "localhost:65536", "localhost:http"])
def test_an_address_that_is_none_is_2(run: Run, address: str) -> None:
    result = run("relay", CONCORD_RELAY_METRICS=address)
    assert result.exit_code == 2
    assert "CONCORD_RELAY_METRICS" in result.stderr
