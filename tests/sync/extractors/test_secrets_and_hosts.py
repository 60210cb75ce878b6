"""Secrets by reference and hosts by list: what a configuration may say, and what is read when it runs."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from services.sync.clients.secrets import Secrets
from services.sync.domain.hosts import HostList, InvalidHost
from services.sync.domain.secrets import find_literal_secrets, means_secret
from services.sync.errors import SecretMissing

REFERENCE = {"env": "SYNC_SECRET_KEY"}


@pytest.mark.parametrize(
    "key",
    [
        *("password", "Password", "db_password", "clientSecret", "client-secret", "token", "access_token", "apiKey"),
        *("api key", "API_KEY", "apikey", "x-api-key", "Authorization", "dsn", "private_key", "credentials", "cookie"),
    ],
)
def test_keys_that_mean_a_secret(key: str) -> None:
    assert means_secret(key)


@pytest.mark.parametrize(
    "key", ["key", "base_url", "token_url", "cursor_param", "author", "tokenizer", "password_field", "passage", "", "é"]
)
def test_keys_that_mean_none(key: str) -> None:
    assert not means_secret(key)


@pytest.mark.parametrize(
    ("section", "pointer", "code"),
    [
        ({"auth": {"password": "x"}}, "/auth/password", "literal_secret"),
        ({"auth": {"password": 1234}}, "/auth/password", "literal_secret"),
        ({"headers": {"X-Api-Key": "x"}}, "/headers/X-Api-Key", "literal_secret"),
        ({"tokens": ["x"]}, "/tokens/0", "literal_secret"),
        ({"secret": {"value": "x"}}, "/secret/value", "literal_secret"),
        ({"base_url": "https://ada:pw@x.example/"}, "/base_url", "literal_secret"),
        ({"a": [{"b/c": "postgresql://u@h/db"}]}, "/a/0/b~1c", "literal_secret"),
        ({"dsn": {"env": "PATH"}}, "/dsn", "invalid_secret_reference"),
        ({"dsn": {"env": "SYNC_SECRET_"}}, "/dsn", "invalid_secret_reference"),
        ({"dsn": {"file": "../x"}}, "/dsn", "invalid_secret_reference"),
        ({"dsn": {"file": "/etc/passwd"}}, "/dsn", "invalid_secret_reference"),
    ],
)
def test_what_is_refused(section: Any, pointer: str, code: str) -> None:
    (finding,) = find_literal_secrets(section)
    assert (finding.pointer, finding.code) == (pointer, code)
    assert "pw@" not in finding.text


def test_references_are_accepted() -> None:
    section = {"password": REFERENCE, "token": {"file": "erp.token"}, "secret": None, "url": "https://x.example/a@b"}
    assert find_literal_secrets(section) == []


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    tenant = uuid.uuid4()
    folder = tmp_path / str(tenant)
    folder.mkdir()
    (folder / "erp.token").write_text("from a file\n")
    (tmp_path / "others").write_text("of others")
    (folder / "link").symlink_to(tmp_path / "others")
    return Secrets(tenant, tmp_path, {"SYNC_SECRET_KEY": "s3cret", "PATH": "/bin", "SYNC_SECRET_EMPTY": ""})


def test_references_are_resolved(secrets: Secrets) -> None:
    assert secrets.resolve(REFERENCE) == "s3cret"
    assert secrets.resolve({"file": "erp.token"}) == "from a file"
    section = {"a": [REFERENCE, 1], "b": {"c": {"file": "erp.token"}}}
    assert secrets.resolved(section) == {"a": ["s3cret", 1], "b": {"c": "from a file"}}
    assert section["a"] == [REFERENCE, 1]
    assert "s3cret" not in repr(secrets)


@pytest.mark.parametrize(
    "reference",
    [
        *({"env": name} for name in ("PATH", "SYNC_SECRET_NONE", "SYNC_SECRET_EMPTY")),
        *({"file": name} for name in ("none", "link", "../others", ".", "")),
    ],
)
def test_references_that_lead_nowhere(secrets: Secrets, reference: dict[str, str]) -> None:
    with pytest.raises(SecretMissing) as missing:
        secrets.resolve(reference)
    assert missing.value.code == "secret_missing"


def test_a_file_is_not_found_in_the_folder_of_another_tenant(secrets: Secrets, tmp_path: Path) -> None:
    with pytest.raises(SecretMissing):
        Secrets(uuid.uuid4(), tmp_path, {}).resolve({"file": "erp.token"})


@pytest.mark.parametrize(
    ("entry", "yes", "no"),
    [
        ("erp.example", [("erp.example", 443), ("ERP.example.", 80), ("erp.example", 5432)], [("x.erp.example", 443)]),
        ("*.example", [("a.example", 443), ("a.b.example", 80)], [("example", 443), ("badexample", 443)]),
        ("erp.example:8443", [("erp.example", 8443)], [("erp.example", 443)]),
        ("[::1]:80", [("::1", 80)], [("::2", 80)]),
        ("erp.example", [], [("erp.example", 22), ("erp.example.evil.example", 443)]),
    ],
)
def test_hosts_on_the_list(entry: str, yes: list[Any], no: list[Any]) -> None:
    hosts = HostList([entry])
    assert all(hosts.allows(*each) for each in yes)
    assert not any(hosts.allows(*each) for each in no)


@pytest.mark.parametrize("entry", ["", "*", "http://x", "a b", "x:y", "*.", "a:1:2"])
def test_entries_that_are_none(entry: str) -> None:
    with pytest.raises(InvalidHost):
        HostList([entry])
