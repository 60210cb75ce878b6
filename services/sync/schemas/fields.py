"""What the answers of this service have in common."""

from typing import Any

import marshmallow as ma

UUID = "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"
TIME = "2026-11-21T08:00:00Z"


def told(field: type[ma.fields.Field[Any]], example: Any, description: str, **options: Any) -> Any:
    """A field that answers have and requests may not."""
    return field(dump_only=True, metadata={"example": example, "description": description}, **options)


def time_told(description: str) -> Any:
    return told(ma.fields.AwareDateTime, TIME, description, allow_none=True)


def id_told(description: str, **options: Any) -> Any:
    return told(ma.fields.UUID, UUID, description, **options)


def text_told(example: str | None, description: str, **options: Any) -> Any:
    return told(ma.fields.String, example, description, **options)


def count_told(example: int, description: str, **options: Any) -> Any:
    return told(ma.fields.Integer, example, description, **options)


def object_told(example: Any, description: str, **options: Any) -> Any:
    return told(ma.fields.Dict, example, description, **options)
