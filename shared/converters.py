"""Ids of rows in addresses: numbers, and UUIDs."""

import uuid
from typing import Any, Final

from werkzeug.exceptions import BadRequest
from werkzeug.routing import BaseConverter

from shared.problems import ProblemApi


class KeyConverter(BaseConverter):
    """A row id in a path. What cannot be an id of ours becomes 0, which no row has: it answers like a missing one
    whatever the method."""

    regex = r"\d{1,40}"

    def to_python(self, value: str) -> int:
        number = int(value)
        return number if number < 2**63 else 0

    def to_url(self, value: Any) -> str:
        return str(int(value))


class InvalidUuid(BadRequest):
    """What stands in an address for the id of a row cannot be one."""

    problem = "invalid_uuid", "An id in this address is not a UUID."


class UuidConverter(BaseConverter):
    """A row id that is a UUID; anything else is told so, whatever the method."""

    regex = r"[^/]{1,200}"

    def to_python(self, value: str) -> uuid.UUID:
        try:
            if len(value) == 36:
                return uuid.UUID(value)
        except ValueError:
            pass
        raise InvalidUuid

    def to_url(self, value: Any) -> str:
        return str(value)


BY_NAME: Final = {"key": KeyConverter, "id": UuidConverter}


def document(api: ProblemApi) -> None:
    """Says in the service's document how these ids look."""
    api.register_converter(KeyConverter, lambda _each: {"type": "integer", "format": "int64", "minimum": 0})
    api.register_converter(UuidConverter, lambda _each: {"type": "string", "format": "uuid"})
