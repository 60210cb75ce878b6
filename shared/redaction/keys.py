"""Names of keys whose values are personal or secret, whatever they hold."""

import re
from functools import lru_cache
from typing import Final

_WORDS: Final = frozenset(
    [
        "password",
        "passwd",
        "pwd",
        "secret",
        "otp",
        "cvv",
        "mobno",
        "phone",
        "telephone",
        "email",
        "ssn",
        "pan",
        "aadhar",
        "aadhaar",
        "passport",
        "license",
        "licence",
        "iban",
        "dob",
    ]
)
_SEQUENCES: Final = frozenset(
    tuple(sequence.split())
    for sequence in (
        "api key",
        "private key",
        "credit card",
        "card number",
        "bank account",
        "account number",
        "date of birth",
        "national id",
        "mob no",
        "mobile no",
        "mobile number",
        *(f"{kind} token" for kind in ("access", "refresh", "auth", "id", "api", "bearer", "csrf")),
        *(f"{kind} address" for kind in ("home", "street", "postal", "mailing", "billing", "shipping")),
    )
)
_TOGETHER: Final = frozenset("".join(sequence) for sequence in _SEQUENCES)
# Too common inside longer names (`mobile_version`, `pin_board`, `ip_address`) to be a hit there.
_WHOLE_KEYS: Final = frozenset(["mobile", "pin", "authorization", "cookie", "token", "address"])

# `apiKey`, `APIKey`, `api_key`, `api-key` and `api.key` are two words each.
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_A-Za-z0-9]+")
_RUN: Final = re.compile(r"[^\W_]+")
_TOKEN: Final = re.compile(r"\[[A-Z]+\]")  # left by an earlier redaction of the key itself


@lru_cache(maxsize=4096)
def is_sensitive(key: str) -> bool:
    """Whether a key's name says that its value is personal or secret; whole words only."""
    words = _words(_TOKEN.sub(" ", key[:256]))
    if len(words) == 1 and words[0] in _WHOLE_KEYS:
        return True
    if any(word in _WORDS or word in _TOGETHER for word in words):
        return True
    return any(tuple(words[start : start + size]) in _SEQUENCES for start in range(len(words)) for size in (2, 3))


def _words(key: str) -> list[str]:
    return [word.lower() for run in _RUN.findall(key) for word in _split_case(run)]


def _split_case(run: str) -> list[str]:
    """Words of a run of letters and digits; digits stay with the word before them, as in `md5`."""
    words: list[str] = []
    for word in _WORD.findall(run):
        if words and (word[0].isdigit() or (words[-1][-1].isdigit() and word[0].islower())):
            words[-1] += word
        else:
            words.append(word)
    return words
