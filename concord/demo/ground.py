"""Where the demo is played: a stack that runs, whatever it runs on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from concord.tokens import Issuer

if TYPE_CHECKING:
    from concord.stack.plan import Plan


@dataclass(frozen=True, slots=True)
class Ground:
    """`address` is where calls go, `public_url` what people are told, `old_system` where the example server is that
    pipelines read; None if there is none."""

    address: str
    public_url: str
    issuer: Issuer
    services: frozenset[str]
    old_system: str | None = None

    @classmethod
    def of(cls, plan: "Plan") -> Self:
        services = frozenset(service.name for service in plan.services)
        old_system = plan.old_system.url if plan.old_system else None
        return cls(plan.address, plan.public_url, plan.issuer, services, old_system)
