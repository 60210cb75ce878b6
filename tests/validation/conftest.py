"""The validation service on a migrated database of this worker; each test is a tenant of its own."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from services.validation.commands import validation
from services.validation.config import Settings
from shared.app import ServiceApp
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer


@pytest.fixture(scope="session")
def settings(validation_settings: Settings) -> Settings:
    return validation_settings


@pytest.fixture(scope="session")
def app(validation_app: ServiceApp) -> ServiceApp:
    return validation_app


Command = Callable[..., Result]


class Prepared:
    """The environment is there already."""

    def prepare(self, service: str) -> None:
        assert service == "validation"


@pytest.fixture
def command(validation_database: TestDatabase, redis_url: str, issuer: Issuer) -> Command:
    given = {
        "CONCORD_VALIDATION_DATABASE_URL": validation_database.app_url,
        "CONCORD_VALIDATION_RELAY_URL": validation_database.relay_url,
        "CONCORD_REDIS_URL": redis_url,
        "CONCORD_JWKS": str(issuer.jwks),
        "CONCORD_SECRET_KEY": "only-for-tests-" * 4,
    }

    def call(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(validation, arguments, obj=Prepared(), env=given | environment)

    return call
