"""The contracts between services: each one's OpenAPI document, as it stands in `services/<name>/openapi.json`."""

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from concord.catalogue import installed_names

SERVICES = Path(__file__).parent.parent / "services"


def text_of(document: dict[str, Any]) -> str:
    """One key a line, in order, so that a difference shows what has changed."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def contract(service: str) -> str:
    """Asks the application itself, which needs neither database nor Redis for it."""
    kind = import_module(f"services.{service}.config").Settings
    settings = kind(database_url="postgresql://nobody@127.0.0.1:1/none", jwks="none", secret_key="-" * 32)
    settings.log_level = "CRITICAL"  # that there is no database is meant
    app = import_module(f"services.{service}.app").create_app(settings)
    return text_of(app.test_client().get(f"/api/{service}/v1/openapi.json").get_json())


CONTRACTS: dict[Path, Callable[[], str]] = {
    SERVICES / name / "openapi.json": partial(contract, name) for name in installed_names()
}
