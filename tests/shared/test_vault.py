"""Secrets that can be read again, by the one who sealed them, for what they were sealed for."""

import pytest

from shared.vault import Unreadable, Vault

KEY = b"a key of the service, long enough"


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    sealed = Vault(KEY).seal("whsec_täst", about="row 1")
    assert Vault(KEY).open(sealed, about="row 1") == "whsec_täst"
    assert b"whsec" not in sealed
    assert Vault(KEY).seal("whsec_täst", about="row 1") != sealed


def test_nothing_else_opens() -> None:
    sealed = Vault(KEY).seal("secret", about="row 1")
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    attempts = [
        (Vault(KEY), sealed, "row 2"),
        (Vault(KEY + b"!"), sealed, "row 1"),
        (Vault(KEY), damaged, "row 1"),
        (Vault(KEY), b"", "row 1"),
    ]
    for vault, content, about in attempts:
        with pytest.raises(Unreadable):
            vault.open(content, about=about)
