"""A source on the loopback address and the world of a pipeline that may reach it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.stand_in import StandIn
from tests.sync.extractors.worlds import Worlds


@pytest.fixture
def site() -> Iterator[StandIn]:
    site = StandIn()
    yield site
    site.stop()


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    return Worlds(tmp_path, uuid.uuid4())
