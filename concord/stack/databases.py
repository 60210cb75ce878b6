"""The services' databases: their URLs, and bringing them to the newest schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from concord.stack.home import Home

ROLES = ("owner", "app", "relay")


@dataclass(frozen=True, slots=True)
class Database:
    """URLs of one service's database, one for each role. `is_ours`: made by the stack on the server it was given."""

    service: str
    owner_url: str | None
    app_url: str
    relay_url: str | None
    is_ours: bool

    @classmethod
    def of(cls, service: str, *, home: Home, admin_url: str | None, given: Mapping[str, str]) -> Self:
        """What the environment names wins; otherwise a database on the server of `admin_url`."""
        prefix = f"CONCORD_{service.upper()}_"
        if f"{prefix}DATABASE_URL" in given:
            return cls(
                service,
                owner_url=given.get(f"{prefix}OWNER_URL"),
                app_url=given[f"{prefix}DATABASE_URL"],
                relay_url=given.get(f"{prefix}RELAY_URL"),
                is_ours=False,
            )
        if admin_url is None:
            raise ValueError(f"no database for {service}: set CONCORD_DATABASE_URL or {prefix}DATABASE_URL")
        passwords = home.passwords(service, ROLES)
        owner, app, relay = (_url(admin_url, service, role, passwords[role]) for role in ROLES)
        return cls(service, owner, app, relay, is_ours=True)

    def environment(self, *, roles: tuple[str, ...]) -> dict[str, str]:
        """Settings for a process that acts in these roles; the owner's URL is for migrations only."""
        prefix = f"CONCORD_{self.service.upper()}_"
        urls = {"owner": self.owner_url, "app": self.app_url, "relay": self.relay_url}
        names = {"owner": "OWNER_URL", "app": "DATABASE_URL", "relay": "RELAY_URL"}
        return {prefix + names[role]: url for role in roles if (url := urls[role]) is not None}

    def passwords(self) -> dict[str, str]:
        """Of the three roles, by the addresses. ValueError where one is missing or names another role or database."""
        from shared.migrations import Roles, database_name

        urls = (self.owner_url, self.app_url, self.relay_url)
        found = {}
        for role, account, url in zip(ROLES, Roles.of(self.service), urls, strict=False):
            parts = urlsplit(url or "")
            if parts.username != account or parts.path != f"/{database_name(self.service)}" or not parts.password:
                raise ValueError(
                    f"the {role} of {self.service} needs an address like {account}:PASSWORD@HOST/concord_…"
                )
            found[role] = unquote(parts.password)
        return found


class DatabaseFailed(Exception):
    """A database could not be made or migrated."""


def prepare(database: Database, *, home: Home, admin_url: str | None) -> None:
    """Makes database and roles where they are ours to make, and migrates; safe to repeat. Raises DatabaseFailed."""
    from sqlalchemy.exc import SQLAlchemyError

    from shared import migrations

    try:
        if database.is_ours and admin_url is not None:
            migrations.bootstrap(admin_url, database.service, home.passwords(database.service, ROLES))
        if database.owner_url is not None:
            migrations.upgrade(database.service, database.owner_url)
    except SQLAlchemyError as error:
        raise DatabaseFailed(f"the database of {database.service}: {error}") from error


def make(database: Database, *, admin_url: str) -> None:
    """Database and roles, with the passwords that the addresses have; safe to repeat.

    Raises DatabaseFailed, ValueError.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from shared import migrations

    try:
        migrations.bootstrap(admin_url, database.service, database.passwords())
    except SQLAlchemyError as error:
        raise DatabaseFailed(f"the database of {database.service}: {error}") from error


def _url(admin_url: str, service: str, role: str, password: str) -> str:
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    account = f"concord_{service}_{role}:{quote(password, safe='')}"
    # urlunsplit drops the slashes of an empty host, and a socket's URL has one.
    return urlunsplit(parts._replace(scheme="postgresql", netloc=f"{account}@{server}", path=f"/concord_{service}"))
