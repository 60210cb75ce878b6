"""Addresses of electronic mail: what a mail server would take; the domain in lower case."""

import re
from typing import Any

from services.sync.domain.transform.types.reading import FieldType, Unreadable, shown
from services.sync.domain.transform.types.texts import as_text

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[^\W_](?:[^\W_]|-){0,62}(?<!-)")


def is_email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= 254
        and len(local) <= 64
        and _LOCAL.fullmatch(local) is not None
        and len(labels) >= 2
        and not labels[-1].isdigit()
        and len(labels[-1]) >= 2
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def _as_email(value: Any) -> str:
    text = as_text(value)
    if text and not is_email(text):
        raise Unreadable("invalid_email", f"{shown(text)} is no address.")
    local, at, domain = text.rpartition("@")
    return local + at + domain.lower()


EMAIL = FieldType("email", lambda _wish: _as_email, "null", instead="")
