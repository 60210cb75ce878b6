"""Which services are installed here, and what each needs to run."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

SERVICES = ("propagation", "workflow", "validation", "sync")


@dataclass(frozen=True, slots=True)
class Service:
    """`calls` are the services that it may ask something of."""

    name: str
    queues: tuple[str, ...]
    calls: tuple[str, ...] = ()

    @property
    def factory(self) -> str:
        """Where a WSGI server finds the application."""
        return f"services.{self.name}.app:create_app()"


def installed_names() -> list[str]:
    """Services whose code is here; an image holds only one of the four. Imports none of them."""
    return [name for name in SERVICES if _has(name, "app")]


def installed() -> list[Service]:
    """Imports the configuration of each, for its queues."""
    return [service_named(name) for name in installed_names()]


def service_named(name: str) -> Service:
    """A service without a `jobs` module has no background work."""
    if not _has(name, "jobs"):
        return Service(name, ())
    config = import_module(f"services.{name}.config")
    return Service(name, tuple(config.QUEUES), tuple(config.CALLS))


def owner_of(queue: str) -> Service:
    """The service whose queue it is; LookupError with the known names."""
    services = installed()
    for service in services:
        if queue in service.queues:
            return service
    known = ", ".join(name for service in services for name in service.queues) or "none"
    raise LookupError(f"no installed service has a queue {queue!r}; known: {known}")


def _has(service: str, module: str) -> bool:
    spec = find_spec("services")
    folders = [Path(folder) / service / module for folder in (spec.submodule_search_locations or [])] if spec else []
    return any(path.with_suffix(".py").is_file() or (path / "__init__.py").is_file() for path in folders)
