"""Platforms out of the box: a catalogue of ad platforms with the levels of their entities."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import Field, Platform
from shared import editing
from shared.errors import AlreadyExists, Invalid
from shared.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One ad platform; `levels` are the names of its fields from the top down."""

    catalogue: str
    name: str
    platform_type: str
    icon_name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Installed:
    platform: Platform
    fields: list[Field]


@cache
def catalogues() -> Mapping[str, Catalogue]:
    """All that can be installed, by name."""
    text = (files("services.propagation") / "definitions" / "platforms.toml").read_text(encoding="utf-8")
    return {
        key: Catalogue(key, levels=tuple(found.pop("levels")), **found) for key, found in tomllib.loads(text).items()
    }


def installed_platforms(session: Session) -> dict[str, int]:
    """Ids of the platforms whose slug is that of a catalogue."""
    rows = select(Platform.slug, Platform.id).where(
        Platform.tenant_id == tenant_of(session), Platform.slug.in_(catalogues())
    )
    return {slug: row_id for slug, row_id in session.execute(rows)}


def install(session: Session, name: str) -> Installed:
    """The platform with a field for each level. Raises Invalid for an unknown catalogue, AlreadyExists the second
    time."""
    chosen = catalogues().get(name)
    if chosen is None:
        raise Invalid.field("/catalogue", "not_found", f"There is no catalogue {name!r}.")
    present = installed_platforms(session).get(name)
    if present is not None:
        raise AlreadyExists(f"This workspace has a platform {name!r} already.", platform=present)
    kind = {"platform_type": chosen.platform_type, "icon_name": chosen.icon_name}
    platform = editing.create(session, Platform, {"name": chosen.name, "slug": name, **kind})
    fields: list[Field] = []
    # One by one, from below: each needs the id of the next; a platform has at most seven.
    for level in range(len(chosen.levels), 0, -1):
        below = fields[0].id if fields else None
        values = {"name": chosen.levels[level - 1], "field_level": level, "next_field_id": below}
        fields.insert(0, editing.create(session, Field, {"platform_id": platform.id, **values}))
    return Installed(platform, fields)
