"""Settings: the service's own name wins over the common one; what has no safe default is required."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ValidationError

from shared.config import Settings


class SampleSettings(Settings):
    service: ClassVar[str] = "sample"
    greeting: str = "hello"


REQUIRED = {"DATABASE_URL": "postgresql://x", "JWKS": "/keys.json", "SECRET_KEY": "k" * 32}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(f"CONCORD_{name}", value)
    return monkeypatch


def read() -> SampleSettings:
    return SampleSettings()  # type: ignore[call-arg]  # from the environment


def test_the_service_s_own_value_wins(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CONCORD_POOL_SIZE", "3")
    assert read().pool_size == 3
    environment.setenv("CONCORD_SAMPLE_POOL_SIZE", "5")
    environment.setenv("CONCORD_OTHER_POOL_SIZE", "7")
    assert read().pool_size == 5


def test_a_missing_secret_stops_the_process(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("CONCORD_SECRET_KEY")
    with pytest.raises(ValidationError, match="secret_key"):
        read()


def test_a_secret_is_read_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("CONCORD_SECRET_KEY")
    (tmp_path / "key").write_text("s" * 40 + "\n")
    environment.setenv("CONCORD_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read().signing_key == b"s" * 40


def test_anything_may_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the service or of all; what is said outright wins at the same level."""
    for name, text in (("secrets", '{"other": "s3cret"}\n'), ("own", "4"), ("common", "9")):
        (tmp_path / name).write_text(text)
    environment.setenv("CONCORD_SAMPLE_PAIR_SECRETS_FILE", str(tmp_path / "secrets"))
    environment.setenv("CONCORD_POOL_SIZE_FILE", str(tmp_path / "common"))
    assert read().pair_secrets["other"].get_secret_value() == "s3cret"
    assert read().pool_size == 9
    environment.setenv("CONCORD_SAMPLE_POOL_SIZE_FILE", str(tmp_path / "own"))
    assert read().pool_size == 4
    environment.setenv("CONCORD_SAMPLE_POOL_SIZE", "5")
    assert read().pool_size == 5
    environment.setenv("CONCORD_SAMPLE_POOL_SIZE_FILE", str(tmp_path / "absent"))
    with pytest.raises(FileNotFoundError, match="absent"):
        read()


def test_secrets_do_not_show(environment: pytest.MonkeyPatch) -> None:
    assert "k" * 32 not in repr(read())
