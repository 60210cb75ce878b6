"""`concord token` and its key pair."""

import json
import stat
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import jwt
import pytest

from concord.tokens import DEMO_TENANT, DEMO_TENANT_ID, PROJECT_NAMESPACE, tenant_id_of
from shared.auth import Authenticator, KeySet
from tests.concord.conftest import Run

SERVICES = ["propagation", "workflow", "validation", "sync"]


def verified(token: str, home: Path, *, audience: str = "propagation") -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_json((home / "keys" / "jwks.json").read_text())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"], audience=audience, issuer="concord")
    return claims


def test_prints_only_a_token_with_all_claims(run: Run, home: Path) -> None:
    result = run("token")
    assert result.exit_code == 0
    assert result.stderr == ""
    claims = verified(result.stdout.removesuffix("\n"), home)
    assert uuid.UUID(claims.pop("jti")).version == 4
    assert claims.pop("exp") - claims.pop("iat") == 8 * 3600
    assert claims == {
        "iss": "concord",
        "sub": "demo-admin",
        "name": "Demo admin",
        "tenant": str(DEMO_TENANT_ID),
        "roles": ["admin"],
        "permissions": [],
        "teams": [],
        "aud": SERVICES,
    }


def test_options_become_claims(run: Run, home: Path) -> None:
    tenant = str(uuid.uuid4())
    words = ["--tenant", tenant, "--role", "viewer", "--sub", "ada", "--name", "Ada", "-P", "value.edit"]
    result = run("token", *words, "-P", "rule.manage", "-T", "north", "--team", "south", "--ttl", "60")
    claims = verified(result.stdout.strip(), home)
    assert (claims["tenant"], claims["sub"], claims["name"], claims["roles"]) == (tenant, "ada", "Ada", ["viewer"])
    assert (claims["permissions"], claims["teams"]) == (["value.edit", "rule.manage"], ["north", "south"])
    assert claims["exp"] - claims["iat"] == 60


def test_a_stores_token_is_for_sync_alone(run: Run, home: Path) -> None:
    token = run("token", "--store", "042").stdout.strip()
    claims = verified(token, home, audience="sync")
    assert (claims["sub"], claims["store"], claims["aud"]) == ("store:042", "042", ["sync"])
    assert claims["permissions"] == ["edge.read", "edge.usage"]
    assert claims["exp"] - claims["iat"] == 3600
    assert "roles" not in claims


@pytest.mark.parametrize(
    "words", [["--store", "1", "--sub", "ada"], ["--role", "king"], ["--ttl", "0"], ["--no-such-option"]]
)
def test_wrong_use_is_2_and_prints_no_token(run: Run, words: list[str]) -> None:
    result = run("token", *words)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_services_accept_it_and_the_issuer_can_be_named(run: Run, home: Path) -> None:
    token = run("token", CONCORD_ISSUER="urn:somewhere").stdout.strip()
    authenticator = Authenticator(
        KeySet(str(home / "keys" / "jwks.json")),
        service="workflow",
        issuer="urn:somewhere",
        role_permissions={"admin": frozenset({"ticket.create"})},
    )
    context = authenticator.context(f"Bearer {token}", correlation_id=uuid.uuid4(), client_address=None)
    assert (context.tenant_id, context.actor) == (DEMO_TENANT_ID, "demo-admin")
    assert context.permissions == {"ticket.create"}


def test_the_key_pair_is_made_once_and_its_private_half_is_private(run: Run, home: Path) -> None:
    kids = {jwt.get_unverified_header(run("token").stdout.strip())["kid"] for _ in range(3)}
    assert len(kids) == 1
    published = json.loads((home / "keys" / "jwks.json").read_text())["keys"]
    assert [key["kid"] for key in published] == list(kids)
    assert not {"d", "p", "q"} & published[0].keys()
    assert stat.S_IMODE((home / "keys" / f"{kids.pop()}.pem").stat().st_mode) == 0o600


def test_the_demo_tenant_is_always_the_same() -> None:
    assert tenant_id_of(DEMO_TENANT) == DEMO_TENANT_ID == uuid.uuid5(PROJECT_NAMESPACE, "demo")
    assert tenant_id_of(str(DEMO_TENANT_ID)) == DEMO_TENANT_ID
    assert tenant_id_of("other") != DEMO_TENANT_ID


def test_it_stays_light(home: Path) -> None:
    code = (
        "import sys; from concord.cli import cli; cli(['token'], standalone_mode=False);"
        "print(*{'flask', 'sqlalchemy', 'pydantic', 'redis', 'supervisor'} & sys.modules.keys(), file=sys.stderr)"
    )
    environment = {"CONCORD_HOME": str(home), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert done.stderr.strip() == ""
    assert done.stdout.count(".") == 2
