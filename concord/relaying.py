"""Which parts the one relay process of all services is made of."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from concord.catalogue import Service
from concord.settings import RelaySettings
from shared import logging
from shared.jobs import relay
from shared.jobs.relay import RelayedService


def run(services: Iterable[Service], *, heartbeat_file: Path | None) -> None:
    """Works until SIGTERM. Raises ValueError if a setting is wrong."""
    settings = RelaySettings.read()
    described = [_relayed(service) for service in services if service.queues]
    logging.configure(settings.log_level)
    relay.run(
        described,
        heartbeat_file=heartbeat_file,
        metrics_address=settings.metrics,
    )


def _relayed(service: Service) -> RelayedService:
    """Each service says in its `jobs` module what the relay does for it."""
    settings = import_module(f"services.{service.name}.config").Settings()
    described: RelayedService = import_module(f"services.{service.name}.jobs").relayed(settings)
    return described
