"""Simulated edges beside a head office that changes its mind: after each step every edge equals a full download."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from examples.edge.client import Answer, Edge
from examples.edge.proofs import NotBelieved
from examples.edge.storage import Storage
from tests.fixtures.people import Person
from tests.sync.stores import Clock, Company, answered

STEPS = 12


class Line:
    """The line between a store and head office; it can break after so many calls, or falsify what it carries."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.breaks_after: int | None = None
        self.falsify: tuple[bytes, bytes] | None = None

    def __call__(
        self, method: str, path: str, *, query: Mapping[str, str], body: Any = None, headers: Mapping[str, str]
    ) -> Answer:
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                raise OSError("no line")
        found = self.person.call(method, f"edge/{path}", body, query_string=query, headers=dict(headers))
        content = found.data.replace(*self.falsify) if self.falsify else found.data
        return Answer(found.status_code, {name.lower(): value for name, value in found.headers.items()}, content)


@contextmanager
def edge_of(company: Company, store: str, *, limit: int | None = None) -> Iterator[tuple[Edge, Line]]:
    line, storage = Line(company.person), Storage(":memory:")
    yield Edge(storage, line, company_id=str(company.id), store_id=company.stores[store], limit=limit), line
    storage.close()


def codes(edge: Edge) -> list[str]:
    return [promotion["code"] for promotion in edge.storage.promotions()]


class HeadOffice:
    """Does something at random: edits of promotions, settings, stores, and time passing."""

    def __init__(self, company: Company, clock: Clock, chance: random.Random) -> None:
        self.company, self.clock, self.chance = company, clock, chance
        self.promotions = [company.promotion(start=day, end=day + 3) for day in (-4, 0, 6)]

    def act(self) -> None:
        deeds = (
            self.create,
            self.edit,
            self.edit,
            self.delete,
            self.settle,
            self.move_store,
            self.wait,
            self.wait,
            self.force,
        )
        self.chance.choice(deeds)()

    def create(self) -> None:
        start = self.chance.randint(-3, 12) + (self.clock.now.date() - self.company.day).days
        made = self.company.promotion(start=start, end=start + self.chance.randint(0, 5), **self._aim())
        self.promotions.append(made)

    def edit(self) -> None:
        change: dict[str, Any] = self.chance.choice(
            [
                {"is_active": self.chance.random() < 0.5},
                {"name": f"N{self.chance.random()}"},
                {"execution_priority": self.chance.randint(1, 999)},
                {"tiers": [{"tier_name": "T", "tier_order": 1, "min_amount": "1", "discount_type": "percent"}]},
                self._aim(),
            ]
        )
        answered(self.company.person.patch(f"promotions/{self.chance.choice(self.promotions)}", change))

    def _aim(self) -> dict[str, Any]:
        stores, brands = list(self.company.stores.values()), list(self.company.brands.values())
        return self.chance.choice(
            [
                {"all_stores": False, "stores": self.chance.sample(stores, 2)},
                {"all_stores": True, "stores": []},
                {"scope": "single", "brand_id": self.chance.choice(brands)},
                {"scope": "company", "brand_id": None, "exclude_brands": [self.chance.choice(brands)]},
            ]
        )

    def delete(self) -> None:
        if len(self.promotions) > 2:
            gone = self.promotions.pop(self.chance.randrange(len(self.promotions)))
            assert self.company.person.delete(f"promotions/{gone}").status_code == 204

    def settle(self) -> None:
        strategy = self.chance.choice(["current_only", "include_future", "all_active"])
        change = {"sync_strategy": strategy, "future_days": self.chance.randint(0, 14)}
        target = self.chance.choice(["promotion-settings", "override"])
        if target == "override":
            path = f"promotion-settings/overrides/store/{self.company.stores['S1']}"
            answered(self.company.person.put(path, change))
        else:
            answered(self.company.person.patch(target, change))

    def move_store(self) -> None:
        brand = self.chance.choice(list(self.company.brands.values()))
        answered(self.company.person.patch(f"stores/{self.company.stores['S2']}", {"brand_id": brand}))

    def wait(self) -> None:
        self.clock.now += timedelta(hours=self.chance.randint(6, 60))

    def force(self) -> None:
        answered(self.company.person.post("promotion-settings/force-full-sync", {"comment": "why not"}))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_edge_equals_a_full_download(company: Company, clock: Clock, seed: int) -> None:
    chance, most = random.Random(seed), 0
    office = HeadOffice(company, clock, chance)
    with edge_of(company, "S1", limit=1) as (first, line), edge_of(company, "S2") as (second, _line):
        for _step in range(STEPS):
            office.act()
            if chance.random() < 0.3:
                line.breaks_after = chance.randint(0, 3)
                try:
                    first.sync()
                except OSError:
                    line.breaks_after = None
                    continue  # a day offline
                line.breaks_after = None
            for edge, store in ((first, "S1"), (second, "S2")):
                edge.sync()
                whole = company.ask(store=store)
                assert whole["has_more"] is False
                assert edge.storage.promotions() == whole["promotions"]
                most = max(most, whole["total"])
    assert most > 1


def test_uses_go_first_and_are_counted_once(company: Company) -> None:
    promotion = company.promotion("ONE")
    with edge_of(company, "S1") as (edge, line):
        assert edge.sync() is True
        edge.use(promotion, "B1", "1.00", "2026-06-15T10:00:00Z")
        line.breaks_after = 0
        with pytest.raises(OSError, match="no line"):
            edge.sync()
        line.breaks_after = None
        assert edge.sync() is False
        edge.use(promotion, "B1", "1.00", "2026-06-15T10:00:00Z")
        assert edge.sync() is False
    assert answered(company.person.get(f"promotions/{promotion}"))["current_uses"] == 1


def test_what_was_tampered_with_is_not_believed(company: Company) -> None:
    company.promotion("ONE")
    with edge_of(company, "S1") as (edge, line):
        line.falsify = (b'"10.00"', b'"99.00"')
        with pytest.raises(NotBelieved, match="signature"):
            edge.sync()
        assert codes(edge) == []
        line.falsify = None
        edge.sync()
        assert codes(edge) == ["ONE"]
