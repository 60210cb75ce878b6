"""The people and the chronicle that the ledger is tested with."""

import pytest

from tests.fixtures.services import MakePerson, Unit
from tests.validation.ledger.world import Stage


@pytest.fixture
def stage(unit: Unit, person: MakePerson) -> Stage:
    return Stage.make(unit, person)
