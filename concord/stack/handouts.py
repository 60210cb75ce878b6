"""Passwords, keys and addresses of a stack of containers, a file for each: what `compose.yaml` hands out as secrets.

Whoever may enter the folder owns the stack. The files themselves can be read by anybody, because each container reads
its own under an account that the host does not know.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from concord.catalogue import SERVICES, Service
from concord.settings import DEFAULT_ISSUER
from concord.stack.databases import ROLES, Database
from concord.stack.home import Home
from concord.stack.servers import SUPERUSER
from concord.stack.siblings import introduce
from concord.tokens import Issuer

FILES = "files"
_NAMES = {"owner": "owner_url", "app": "database_url", "relay": "relay_url"}
_REDIS = """\
requirepass {password}
bind 0.0.0.0
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where containers reach the servers."""

    postgres: str = "postgres:5432"
    redis: str = "redis:6379"


def write(folder: Path, addresses: Addresses) -> list[str]:
    """Names of the files below `folder`; what was made before is kept."""
    home = Home(folder)
    for each in (folder, home.secret_key_file.parent, folder / FILES):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    issuer = Issuer(home.keys, name=DEFAULT_ISSUER)
    contents = _servers(home, addresses) | _databases(home, addresses) | _siblings(home, issuer)
    contents |= {"secret_key": home.secret_key(None).read_text(), "jwks.json": issuer.key_set.read_text()}
    contents["issuer_key"] = issuer.private_key.read_text()
    for name, text in contents.items():
        path = folder / FILES / name
        path.write_text(text)
        path.chmod(0o644)
    return sorted(contents)


def _servers(home: Home, addresses: Addresses) -> dict[str, str]:
    roles = ("postgres", "redis", "grafana")
    known = home.passwords("servers", roles)
    password, redis, grafana = (known[role] for role in roles)
    return {
        "grafana_password": grafana,
        "postgres_password": password,
        "postgres_url": _admin_url(password, addresses),
        "redis.conf": _REDIS.format(password=redis),
        "redis_url": f"redis://:{quote(redis, safe='')}@{addresses.redis}/0",
    }


def _admin_url(password: str, addresses: Addresses) -> str:
    return f"postgresql://{SUPERUSER}:{quote(password, safe='')}@{addresses.postgres}/postgres"


def _databases(home: Home, addresses: Addresses) -> dict[str, str]:
    urls = {}
    for name in SERVICES:
        database = Database.of(name, home=home, admin_url=_admin_url("", addresses), given={})
        for role, url in zip(ROLES, (database.owner_url, database.app_url, database.relay_url), strict=True):
            urls[f"{name}_{_NAMES[role]}"] = url or ""
    return urls


def _siblings(home: Home, issuer: Issuer) -> dict[str, str]:
    """An image knows only its own service, so each pair gets a secret, whether or not they talk."""
    known = [Service(name, (), tuple(other for other in SERVICES if other != name)) for name in SERVICES]
    said = introduce(known, home, issuer, owner=None, address="")
    files = {}
    for name in SERVICES:
        prefix = f"CONCORD_{name.upper()}_"
        files[f"{name}_service_key"] = Path(said[f"{prefix}SERVICE_KEY_FILE"]).read_text()
        files[f"{name}_pair_secrets"] = said[f"{prefix}PAIR_SECRETS"]
    return files
