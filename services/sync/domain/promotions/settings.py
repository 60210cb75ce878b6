"""The settings of a company's promotions: fields, limits, defaults, and the two layers that may override them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, time
from typing import Any, Final, Literal

from services.sync.domain.promotions.windows import Strategy, Window, description, window

Layer = Literal["default", "company", "brand", "store"]

# Both ends are allowed. The database holds the same limits as named constraints.
LIMITS: Final = {
    "future_days": (0, 90),
    "past_days": (0, 30),
    "sync_interval_hours": (1, 24),
    "max_promotions_per_sync": (10, 500),
}
MAX_SYNC_TIMES: Final = 24
# What decides when the company's stores are told; a brand or a store has no say in it.
OF_COMPANY_ONLY: Final = frozenset({"auto_sync_enabled", "sync_interval_hours", "sync_times"})


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """The values in force for somebody; the defaults are those of a company that has never saved any."""

    sync_strategy: Strategy = "include_future"
    future_days: int = 7
    past_days: int = 1
    include_inactive: bool = False
    auto_sync_enabled: bool = True
    enable_compression: bool = True
    sync_interval_hours: int = 6
    max_promotions_per_sync: int = 100
    sync_times: tuple[time, ...] = field(default=())

    def window(self, today: date) -> Window:
        return window(self.sync_strategy, today, future_days=self.future_days, past_days=self.past_days)

    @property
    def description(self) -> str:
        return description(
            self.sync_strategy,
            future_days=self.future_days,
            past_days=self.past_days,
            include_inactive=self.include_inactive,
        )

    def with_values(self, values: Mapping[str, Any]) -> "SyncSettings":
        """The same with some values replaced; names that are no settings are left alone."""
        own = {name: value for name, value in values.items() if name in NAMES and value is not None}
        if "sync_times" in own:
            own["sync_times"] = tuple(own["sync_times"])
        return replace(self, **own)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"sync_times": list(self.sync_times)}


NAMES: Final = tuple(each.name for each in fields(SyncSettings))
OVERRIDABLE: Final = tuple(name for name in NAMES if name not in OF_COMPANY_ONLY)


def effective(
    company: SyncSettings, *, brand: Mapping[str, Any], store: Mapping[str, Any]
) -> tuple[SyncSettings, dict[str, Layer]]:
    """Store before brand before company, field by field; and from which layer each value comes."""
    origins: dict[str, Layer] = dict.fromkeys(NAMES, "company")
    for layer, values in (("brand", brand), ("store", store)):
        origins |= {name: layer for name in OVERRIDABLE if values.get(name) is not None}  # type: ignore[misc]
    merged = {name: values[name] for values in (brand, store) for name in OVERRIDABLE if values.get(name) is not None}
    return company.with_values(merged), origins
