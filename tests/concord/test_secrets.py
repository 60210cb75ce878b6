"""Secrets of containers make a stack: with their addresses a database is made, and their issuer's tokens are valid."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import psycopg
import pytest

from concord.catalogue import SERVICES
from concord.stack.handouts import FILES
from tests.concord.conftest import Run
from tests.fixtures.databases import PASSWORDS, drop_database


@pytest.fixture
def files(tmp_path: Path, run: Run, postgres_url: str) -> Path:
    """With the passwords that the roles of this server have in all tests."""
    server = urlsplit(postgres_url).netloc.rpartition("@")[2]
    folder = tmp_path / "containers"
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets/passwords.json").write_text(json.dumps({"validation": PASSWORDS}))
    made = run("secrets", str(folder), "--postgres", server)
    assert made.exit_code == 0, made.stderr
    return folder / FILES


@pytest.fixture
def no_database(postgres_url: str) -> Iterator[None]:
    drop_database(postgres_url, "concord_validation")
    yield
    drop_database(postgres_url, "concord_validation")


@pytest.mark.usefixtures("no_database")
def test_a_database_is_made_and_migrated(files: Path, run: Run, postgres_url: str) -> None:
    given = {
        f"CONCORD_VALIDATION_{name.upper()}_FILE": str(files / f"validation_{name}")
        for name in ("owner_url", "database_url", "relay_url")
    }
    admin = {"CONCORD_DATABASE_URL": postgres_url}
    refused = run("migrate", "validation", **admin, **given)
    assert refused.exit_code == 1
    assert "the database of validation" in refused.stderr
    for _ in range(2):
        made = run("migrate", "--make", "validation", **admin, **given)
        assert made.exit_code == 0, made.stderr
    with psycopg.connect((files / "validation_database_url").read_text()) as connection:
        assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)
    wrong = given | {"CONCORD_VALIDATION_RELAY_URL": "postgresql://somebody:else@127.0.0.1/concord_validation"}
    refused = run("migrate", "--make", "validation", **admin, **wrong)
    assert refused.exit_code == 1
    assert "concord_validation_relay" in refused.stderr


def test_tokens_of_its_issuer_are_valid(files: Path, run: Run) -> None:
    token = run("token", CONCORD_HOME=str(files.parent)).stdout.strip()
    keys = jwt.PyJWKSet.from_json((files / "jwks.json").read_text())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["ES256"], audience="sync", issuer="concord")
    assert claims["roles"] == ["admin"]
    names = " ".join(str(each.key_id) for each in keys.keys)
    assert all(f"service:{name}" in names for name in SERVICES)


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_process_has_to_be_named_where_there_are_several(command: str, run: Run) -> None:
    refused = run(command)
    assert refused.exit_code == 2
    assert "name one" in refused.stderr
