"""What the tables of this service have in common."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, new_metadata


class Base(DeclarativeBase):
    """One metadata for this service's own database."""

    metadata = new_metadata()
    type_annotation_map = TYPES
