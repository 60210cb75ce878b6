"""Everything that `up` will run, worked out from the settings: programs, their environments, addresses."""

import json
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from concord import catalogue
from concord.catalogue import Service
from concord.gateway import Gateway, render
from concord.settings import StackSettings
from concord.stack import old_system, servers
from concord.stack.account import Account, server_account
from concord.stack.databases import Database
from concord.stack.health import over_socket
from concord.stack.home import Home
from concord.stack.memory import Facts, remember, remembered
from concord.stack.old_system import OldSystem
from concord.stack.programs import Program
from concord.stack.siblings import introduce
from concord.tokens import Issuer
from concord.wsgi import stream_command, web_command

_SYSTEM = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
_CONCORD = (sys.executable, "-m", "concord")


@dataclass(frozen=True, slots=True)
class Plan:
    """`public_url` is what people are told, `address` where this machine reaches the gateway."""

    programs: tuple[Program, ...]
    databases: tuple[Database, ...]
    services: tuple[Service, ...]
    admin_url: str | None
    issuer: Issuer
    public_url: str
    address: str
    bind: str
    port: int
    old_system: OldSystem | None = None


def python_account(account: Account | None, home: Home) -> Account | None:
    """The account of the Python programs: root's own where the other one cannot reach interpreter, code and home."""
    needed = (Path(sys.executable), Path(__file__))
    reachable = account and all(account.reaches(path, stat.S_IROTH) for path in needed) and account.reaches(home.root)
    return account if reachable else None


def make_plan(settings: StackSettings, home: Home) -> Plan:
    """Also makes what the programs find when they start: folders, keys, passwords, an empty PostgreSQL cluster."""
    account = server_account(settings.user)
    home.prepare(account)
    facts = remembered(settings, home)
    remember(facts, home)
    return _Planner(settings, home, account, facts).plan()


class _Planner:
    def __init__(self, settings: StackSettings, home: Home, account: Account | None, facts: Facts) -> None:
        self._settings, self._home, self._account = settings, home, account
        self._python_account = python_account(account, home)
        self._facts = facts
        given = {k: v for k, v in settings.passed.items() if not k.startswith(("CONCORD_", "SYNC_SECRET_"))}
        self._system = _SYSTEM | given
        self._services = tuple(catalogue.installed())
        self._issuer = Issuer(home.keys, name=facts.issuer)
        host = "127.0.0.1" if settings.bind in ("0.0.0.0", "*") else settings.bind  # noqa: S104 - compared, not bound
        self._address = f"http://{host}:{facts.port}"

    def plan(self) -> Plan:
        infrastructure, admin_url, redis_url = self._infrastructure()
        databases = tuple(
            Database.of(service.name, home=self._home, admin_url=admin_url, given=self._settings.passed)
            for service in self._services
        )
        common = self._common(redis_url)
        own = introduce(self._services, self._home, self._issuer, owner=self._python_account, address=self._address)
        own |= self._folders()
        source = old_system.settled(self._home)
        if source is not None:
            own |= source.environment()
            check = f"{source.url}/"
            infrastructure.append(self._program(old_system.NAME, source.command, self._system, health=check))
        programs = (*infrastructure, *self._python_programs(databases, common, own), self._gateway())
        return Plan(
            programs=programs,
            databases=databases,
            services=self._services,
            admin_url=admin_url,
            issuer=self._issuer,
            public_url=self._facts.public_url,
            address=self._address,
            bind=self._settings.bind,
            port=self._facts.port,
            old_system=source,
        )

    def _infrastructure(self) -> tuple[list[Program], str | None, str]:
        """The servers that are ours to run, and the addresses of all."""
        admin_url, redis_url = self._settings.database_url, self._settings.redis_url
        own = []
        if admin_url is None and not self._all_databases_named():
            postgres = servers.postgres(self._home, self._account, self._system)
            own.append(postgres.program)
            admin_url = postgres.url
        if redis_url is None:
            valkey = servers.valkey(self._home, self._account, self._system)
            own.append(valkey.program)
            redis_url = valkey.url
        return own, admin_url, redis_url

    def _folders(self) -> dict[str, str]:
        """Where people put what pipelines read."""
        return {"CONCORD_SYNC_DATA_DIR": str(self._home.files)}

    def _all_databases_named(self) -> bool:
        names = [f"CONCORD_{service.name.upper()}_DATABASE_URL" for service in self._services]
        return bool(names) and all(name in self._settings.passed for name in names)

    def _common(self, redis_url: str) -> dict[str, str]:
        self._issuer.ensure()
        made = {
            "CONCORD_REDIS_URL": redis_url,
            "CONCORD_JWKS": str(self._issuer.key_set),
            "CONCORD_ISSUER": self._facts.issuer,
            "CONCORD_PUBLIC_URL": self._facts.public_url,
            "CONCORD_CONSOLE_SERVICES": json.dumps([service.name for service in self._services]),
            "CONCORD_SECRET_KEY_FILE": str(self._home.secret_key(self._python_account)),
        }
        # Database URLs are handed out one by one, each program its own.
        given = {
            k: v
            for k, v in self._settings.passed.items()
            if not k.endswith(("_DATABASE_URL", "_OWNER_URL", "_RELAY_URL"))
        }
        return self._system | made | given

    def _python_programs(
        self, databases: tuple[Database, ...], common: dict[str, str], private: dict[str, str]
    ) -> list[Program]:
        """`private` are settings that only the service of their name and the relay get to know."""
        if not self._services:
            return []
        of_all = _merged(d.environment(roles=("app",)) for d in databases)
        stream = stream_command(f"unix:{self._socket('stream')}")
        programs = [self._web("stream", stream, common | of_all, check="/healthz")]
        if any(service.queues for service in self._services):
            heartbeat = self._home.run / "relay" / "heartbeat"
            of_relay = _merged(d.environment(roles=("relay",)) for d in databases)
            relay = (*_CONCORD, "relay", "--heartbeat", str(heartbeat))
            programs.append(
                self._program("relay", relay, private | common | of_all | of_relay, health=heartbeat.as_uri())
            )
        for service, database in zip(self._services, databases, strict=True):
            own = self._only(private | common, service) | database.environment(roles=("app",))
            name = f"web-{service.name}"
            command = web_command(service, f"unix:{self._socket(name)}")
            programs.append(self._web(name, command, own, check="/readyz"))
            if service.queues:
                command = (*_CONCORD, "worker", *service.queues)
                programs.append(self._program(f"worker-{service.name}", command, own, stop_seconds=30))
        return programs

    def _only(self, common: dict[str, str], service: Service) -> dict[str, str]:
        """Without the settings that belong to other services."""
        others = tuple(f"CONCORD_{name.upper()}_" for name in catalogue.SERVICES if name != service.name)
        return {name: value for name, value in common.items() if not name.startswith(others)}

    def _web(self, name: str, command: tuple[str, ...], environment: dict[str, str], *, check: str) -> Program:
        return self._program(name, command, environment, health=over_socket(self._socket(name), check))

    def _socket(self, program: str) -> Path:
        return self._home.run / program / "http.sock"

    def _program(
        self,
        name: str,
        command: tuple[str, ...],
        environment: dict[str, str],
        *,
        stop_seconds: int = 20,
        health: str = "",
    ) -> Program:
        folder = self._home.folder_of(name, self._account, owner=self._python_account)
        return Program(
            name=name,
            command=command,
            folders=(folder,),
            environment=environment,
            account=self._python_account,
            stop_seconds=stop_seconds,
            health=health,
        )

    def _gateway(self) -> Program:
        bind, port = self._settings.bind, self._facts.port
        gateway = Gateway(
            listen=f"{bind}:{port}",
            upstreams={s.name: f"unix:{self._socket(f'web-{s.name}')}" for s in self._services},
            stream=f"unix:{self._socket('stream')}" if self._services else None,
            access_log="/dev/stdout",  # supervisord keeps and turns it over with the rest
            user=f"{self._account.name} {_group_name(self._account)}" if self._account else None,
            version=version("concord"),
        )
        digest = sha256(repr(render(gateway)).encode()).hexdigest()
        return servers.nginx(
            self._home,
            self._account,
            # Part of the environment only so that a changed configuration restarts the program.
            self._system | {"CONCORD_CONFIGURATION": digest},
            named=self._settings.nginx,
            gateway=gateway,
            health=f"{self._address}/healthz",
        )


def _merged(environments: Iterable[dict[str, str]]) -> dict[str, str]:
    return {name: value for environment in environments for name, value in environment.items()}


def _group_name(account: Account) -> str:
    import grp

    return grp.getgrgid(account.gid).gr_name
