"""Which parts the one relay process of all services is made of."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any


def run(services: Iterable[str]) -> None:
    """Works until SIGTERM."""
    relay = import_module("shared.jobs.relay")

    relay.run([_runtime(name, relay) for name in services])


def _runtime(service: str, relay: Any) -> Any:
    settings = import_module(f"services.{service}.config").Settings()
    registry = import_module(f"services.{service}.jobs").registry
    return relay.ServiceRuntime(settings=settings, registry=registry)
