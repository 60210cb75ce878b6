"""Tables of a 4D server over its REST interface."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from services.sync.clients.secrets import Secrets
from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.legacy import legacy_filter
from services.sync.domain.pages import MAX_ROWS, Extractor, Position
from services.sync.errors import SourceRefused, UnknownEnvironment
from services.sync.extractors.asking import Asker, Credentials, Nobody
from services.sync.extractors.credentials import cookies_of
from services.sync.extractors.http_pages import Call, HttpPages, below, with_params
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World
from shared.outbound_guard import Fetched

_FIELD = r"^\w+(\.\w+)*$"
SCHEMA = schema(
    ["environment", "table_name"],
    environment={"type": "string", "minLength": 1, "description": "Its address and login are in the settings."},
    table_name={"type": "string", "pattern": r"^\w+$"},
    base_url={"type": "string", "pattern": "^https?://"},
    user={"description": "A reference to a secret, or the name."},
    password={"description": "A reference to a secret."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
    order_by={"type": "string", "pattern": _FIELD},
)
PAGE_SIZE = 1000
KEY = "__KEY"


class Legacy(HttpPages):
    """Made from the section `source`."""

    filters_itself = True

    def __init__(self, source: Mapping[str, Any], world: World) -> None:
        config = {**world.environments.get(source["config"]["environment"], {}), **source["config"]}
        if "base_url" not in config:
            known = ", ".join(sorted(world.environments)) or "none"
            raise UnknownEnvironment(f"No address is set for the environment {config['environment']}; known: {known}.")
        login: Credentials = Login(config, world.secrets) if "user" in config else Nobody()
        asker = Asker(source, world, base_url=config["base_url"], credentials=login)
        super().__init__(world, asker, records="/__ENTITIES", page_size=int(config.get("page_size", PAGE_SIZE)))
        self._url = below(config["base_url"], f"rest/{quote(config['table_name'], safe='')}")
        self._order_by = config.get("order_by", KEY)

    def first(self) -> Position:
        return {"skip": self.world.part.get("from", 0)}

    def rows_before(self, position: Position) -> int | None:
        return int(position["skip"])

    def total(self, body: Any) -> int | None:
        found = body.get("__COUNT") if isinstance(body, Mapping) else None
        return int(found) if isinstance(found, int) else None

    def call(self, position: Position, conditions: Sequence[Condition], size: int | None) -> Call:
        params: dict[str, Any] = {"$skip": position["skip"], "$top": size, "$orderby": self._order_by}
        text = legacy_filter(conditions)
        if text:
            params["$filter"] = text
        return Call("GET", with_params(self._url, params), {"Accept": "application/json"})

    def following(
        self, position: Position, _body: Any, _answer: Fetched, *, count: int, size: int | None
    ) -> Position | None:
        return {"skip": position["skip"] + count} if size is None or count >= size else None


class Login:
    """A session of the 4D server: its cookie lives as long as the run."""

    def __init__(self, config: Mapping[str, Any], secrets: Secrets) -> None:
        self._config, self._secrets = config, secrets
        self._cookies: str | None = None

    def apply(self, asker: Asker, url: str, headers: dict[str, str]) -> str:
        if self._cookies is None:
            self._cookies = self._log_in(asker)
        headers["Cookie"] = self._cookies
        return url

    def renew(self) -> bool:
        self._cookies = None
        return True

    def _log_in(self, asker: Asker) -> str:
        names = {
            "username-4D": self._secrets.resolve(self._config["user"]),
            "password-4D": self._secrets.resolve(self._config.get("password", "")),
        }
        answer = asker.send("POST", below(self._config["base_url"], "rest/$directory/login"), names, b"")
        if answer.status >= 400:
            raise SourceRefused(f"The source refused the login ({answer.status}).", answered=answer.status)
        return cookies_of(answer)


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return Legacy(source, world)


COMPONENT = Component("legacy_4d", SCHEMA, build, divides=frozenset({"pages"}))
