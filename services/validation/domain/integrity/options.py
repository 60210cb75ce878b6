"""What somebody wants of a run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

DEFAULT_SETS: Final = ("core", "ledger")
ALL: Final = "all"
MAX_SAMPLES: Final = 1000


class Mode(StrEnum):
    CHECK = "check"
    DRY_RUN = "dry_run"
    FIX = "fix"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`samples` are failing rows kept per rule; None leaves the number to the rule. `plan` is the id of a dry run."""

    mode: Mode = Mode.CHECK
    fix_rules: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rule_sets: tuple[str, ...] = DEFAULT_SETS
    character_status: tuple[str, ...] = ()
    chronicle: int | None = None
    samples: int | None = None
    quarantine: bool = False
    strict: bool = False
    plan: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Options":
        """From a request or from the row of a run."""
        texts = ("fix_rules", "rules", "rule_sets", "character_status")
        values: dict[str, Any] = {name: tuple(value) if name in texts else value for name, value in stored.items()}
        return cls(**values | {"mode": Mode(stored["mode"])})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def mends(self, rule: str) -> bool:
        return self.mode in (Mode.FIX, Mode.DRY_RUN) and (ALL in self.fix_rules or rule in self.fix_rules)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.rules or self.character_status or self.chronicle is not None)
