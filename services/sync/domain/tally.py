"""What became of the rows of a run: every one of them is in exactly one of the outcomes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from services.sync.domain.cursors import later, read_cursor, written

# Where each extracted row ends.
OUTCOMES = ("created", "updated", "unchanged", "skipped", "duplicates", "errors", "parked", "conflicts")
BESIDE = ("deleted", "restored", "field_errors", "warnings", "transformed")
STAGES = ("extract", "transform", "validate", "load")
MOST_UNMAPPED = 200
SAMPLE = 20
# What is asked of a source, beside the rows that come.
TRAFFIC = ("pages", "requests", "retries", "bytes")
STATUS = "status_"  # before each status that requests were answered with


@dataclass
class StageFigures:
    """Rows that went into a stage, came out of it and failed in it, and the seconds that it took."""

    rows_in: int = 0
    rows_out: int = 0
    failed: int = 0
    seconds: float = 0.0

    def add(self, rows_in: int, rows_out: int, *, failed: int = 0, seconds: float = 0.0) -> None:
        self.rows_in += rows_in
        self.rows_out += rows_out
        self.failed += failed
        self.seconds += seconds

    def as_dict(self) -> dict[str, Any]:
        rate = round(self.rows_in / self.seconds, 1) if self.seconds > 0 else None
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "rows_per_second": rate,
        }


@dataclass
class Tally:
    """The counters of a part of a run. `skips` are by reason, `sample` the first bad rows, `keyless` the bad rows
    whose key cannot be read, `greatest` the greatest cursor value, as text, and `clock_behind_seconds` by how much the
    source's clock is behind ours."""

    counts: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    stages: dict[str, StageFigures] = field(default_factory=lambda: {name: StageFigures() for name in STAGES})
    traffic: Counter[str] = field(default_factory=Counter)
    unmapped: set[str] = field(default_factory=set)
    sample: list[dict[str, Any]] = field(default_factory=list)
    keyless: int = 0
    greatest: str | None = None
    clock_behind_seconds: float = 0.0

    @classmethod
    def together(cls, tallies: Iterable["Tally"]) -> Self:
        """The counters of several parts as those of one."""
        whole = cls()
        for one in tallies:
            whole.counts += one.counts
            whole.skips += one.skips
            whole.traffic += one.traffic
            for name, figures in one.stages.items():
                whole.stages[name].add(
                    figures.rows_in, figures.rows_out, failed=figures.failed, seconds=figures.seconds
                )
            whole.note_unmapped(one.unmapped)
            whole.show(one.sample)
            whole.keyless += one.keyless
            best = later(read_cursor(whole.greatest), read_cursor(one.greatest))
            whole.greatest = None if best is None else written(best)
            whole.clock_behind_seconds = max(whole.clock_behind_seconds, one.clock_behind_seconds)
        return whole

    @property
    def extracted(self) -> int:
        return sum(self.counts[name] for name in OUTCOMES)

    @property
    def errors(self) -> int:
        return self.counts["errors"]

    def skip(self, reason: str, rows: int = 1) -> None:
        self.counts["skipped"] += rows
        self.skips[reason] += rows

    def show(self, bad: Iterable[Mapping[str, Any]]) -> None:
        self.sample.extend(dict(one) for one in list(bad)[: SAMPLE - len(self.sample)])

    def note_unmapped(self, names: Iterable[str]) -> None:
        if len(self.unmapped) < MOST_UNMAPPED:
            self.unmapped.update(names)

    def stats(self) -> dict[str, int]:
        """The counters as a run tells them."""
        counted = {name: self.counts[name] for name in (*OUTCOMES, *BESIDE)}
        loaded = self.counts["created"] + self.counts["updated"]
        return {"extracted": self.extracted, "loaded": loaded, **counted}

    def stages_told(self) -> dict[str, Any]:
        told = {name: figures.as_dict() for name, figures in self.stages.items()}
        told["extract"] |= {"rows": self.stages["extract"].rows_in}
        told["extract"] |= {name: self.traffic[name] for name in TRAFFIC}
        statuses = {name.removeprefix(STATUS): count for name, count in self.traffic.items() if name.startswith(STATUS)}
        told["extract"] |= {"statuses": statuses}
        return told

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoint; `from_dict` reads it back."""
        return {
            "counts": dict(self.counts),
            "skips": dict(self.skips),
            "stages": {name: vars(figures) for name, figures in self.stages.items()},
            "traffic": dict(self.traffic),
            "unmapped": sorted(self.unmapped),
            "sample": self.sample,
            "keyless": self.keyless,
            "greatest": self.greatest,
            "clock_behind_seconds": self.clock_behind_seconds,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        if not stored:
            return cls()
        return cls(
            counts=Counter(stored["counts"]),
            skips=Counter(stored["skips"]),
            stages={name: StageFigures(**figures) for name, figures in stored["stages"].items()},
            traffic=Counter(stored["traffic"]),
            unmapped=set(stored["unmapped"]),
            sample=list(stored["sample"]),
            keyless=stored["keyless"],
            greatest=stored["greatest"],
            clock_behind_seconds=stored.get("clock_behind_seconds", 0.0),
        )
