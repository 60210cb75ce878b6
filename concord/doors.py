"""How commands of services reach them from this machine: the gateway with a token, or the application itself."""

import getpass
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from concord.profiles import Profile, Profiles, ProfilesUnreadable, ProfileUnknown
from concord.settings import StackSettings, profiles_file, take_over
from concord.tokens import DEMO_TENANT, Issuer, Person, tenant_id_of
from shared.connection import UNREACHABLE, USAGE, Connection, fail

_TOKEN_SECONDS = 900
_ROUNDS = 10_000


@dataclass(frozen=True)
class StackDoors:
    """The local stack is what there is without an address, a token and a profile."""

    profile: str | None = None

    def over_http(self, service: str, *, address: str | None, token: str | None) -> Connection:
        from concord.client import Concord
        from concord.stack.home import Home
        from concord.stack.memory import remembered

        if (chosen := self.chosen(address)) is not None:
            address, token = chosen.address, token or chosen.token
            if token is None:
                fail(
                    "the profile has no token: `concord config profile set NAME --token -` keeps one", code=UNREACHABLE
                )
        settings = StackSettings.read()
        home = Home(settings.home)
        facts = remembered(settings, home)
        if token is None:
            issuer = Issuer(home.keys, name=facts.issuer)
            if not issuer.key_set.is_file():
                fail("there is no token: set CONCORD_TOKEN, or start a stack with `concord up`", code=UNREACHABLE)
            token = issuer.user_token(_person(tenant_id_of(DEMO_TENANT)), ttl_seconds=_TOKEN_SECONDS)
        return _connection(getattr(Concord(address or facts.public_url, token), service))

    @property
    def has_profile(self) -> bool:
        """Whether commands go elsewhere although no address is given."""
        return self.chosen(None) is not None

    def chosen(self, address: str | None) -> Profile | None:
        """The profile that counts, if any: an address that is given goes before the current one."""
        if address is not None:
            if self.profile is not None:
                fail("say either an address or a profile", code=USAGE)
            return None
        try:
            return Profiles.read(profiles_file()).chosen(self.profile)
        except (ProfileUnknown, ProfilesUnreadable) as error:
            fail(str(error), code=USAGE)

    def local(self, service: str, *, tenant: str | None) -> Connection:
        """The service's application in this process, for the person who runs it, with all rights."""
        import httpx2
        from pydantic import ValidationError

        from concord.client import Concord

        take_over(_environment(service))
        try:
            app = import_module(f"services.{service}.app").create_app()
        except ValidationError as error:
            missing = ", ".join(str(problem["loc"][0]).upper() for problem in error.errors())
            fail(f"settings of {service} are missing or wrong: {missing}", code=USAGE)
        tenant_id = tenant_id_of(tenant or DEMO_TENANT)
        app.runtime = replace(app.runtime, authenticator=_Local(tenant_id, app.parts.role_permissions))
        app.extensions["concord"] = app.runtime
        transport = httpx2.WSGITransport(app=app)  # what is refused here is not worth a second try
        here = Concord("http://local", "none", attempts=1, transport=transport, timeout=None)
        return _connection(getattr(here, service), _Performer(service, app, tenant_id), app.runtime.close)

    def prepare(self, service: str) -> None:
        """For commands that work on the database themselves, tenant after tenant: what the service's web process is
        given, the relay's way to see which tenants there are, and the owner's for constraints."""
        take_over(_environment(service, "relay", roles=("owner",)))


@dataclass(frozen=True)
class _Local:
    """In place of tokens: whoever has the database's password may do everything."""

    tenant_id: uuid.UUID
    role_permissions: Mapping[str, frozenset[str]]

    def context(self, _authorization: str | None, **origin: Any) -> Any:
        from shared.tenancy import Context

        person = _person(self.tenant_id)
        rights: frozenset[str] = frozenset().union(*self.role_permissions.values())
        return Context(self.tenant_id, person.subject, person.name, permissions=rights, **origin)


@dataclass(frozen=True)
class _Performer:
    """Does a job and its chunks, as a worker would."""

    service: str
    app: Any
    tenant_id: uuid.UUID

    def __call__(self, job_id: str) -> None:
        from shared.jobs.performing import AttemptFailed

        jobs = import_module(f"services.{self.service}.jobs")
        for _round in range(_ROUNDS):
            waiting = self._waiting(jobs.registry.model, uuid.UUID(job_id))
            if not waiting:
                return
            for part in waiting:
                try:
                    jobs.perform(str(self.tenant_id), str(part))
                except AttemptFailed:
                    continue  # its row says why, and whether there is another attempt

    def _waiting(self, model: Any, job_id: uuid.UUID) -> list[uuid.UUID]:
        from sqlalchemy import func, or_, select

        from shared.tenancy import Context

        with self.app.runtime.db.transaction(Context(self.tenant_id)) as session:
            mine = or_(model.id == job_id, model.parent_id == job_id)
            ready = (model.status == "pending", model.run_at <= func.clock_timestamp())
            return list(session.scalars(select(model.id).where(model.tenant_id == self.tenant_id, mine, *ready)))


def _connection(*parts: Any) -> Connection:
    from concord.connection import ClientConnection

    return ClientConnection(*parts)


def _person(tenant_id: uuid.UUID) -> Person:
    account = getpass.getuser()
    return Person(f"local:{account}", account, tenant_id, roles=("admin",))


def _environment(service: str, *more: str, roles: tuple[str, ...] = ()) -> dict[str, str]:
    """What the stack gives to this service's programs, and to `more` of its own, and its database as seen by further
    `roles`; nothing where there is no stack. Its log is not ours to fill."""
    from concord.stack.home import Home
    from concord.stack.plan import make_plan

    quiet = {f"CONCORD_{service.upper()}_LOG_LEVEL": "CRITICAL"}
    settings = StackSettings.read()
    if f"CONCORD_{service.upper()}_DATABASE_URL" in settings.passed:
        return quiet
    home = Home(settings.home)
    if not home.keys.is_dir():
        fail(f"there is no stack here: set CONCORD_{service.upper()}_DATABASE_URL", code=UNREACHABLE)
    plan = make_plan(settings, home)
    programs = {program.name: dict(program.environment) for program in plan.programs}
    given: dict[str, str] = {}
    for database in plan.databases:
        given |= database.environment(roles=roles) if database.service == service else {}
    for name in (*more, f"web-{service}"):
        given |= programs[name]
    return given | quiet
