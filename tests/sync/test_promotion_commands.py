"""`concord sync compile` and `settings`: what they print, and the exit codes that scripts go by."""

import json
import uuid
from typing import Any

import pytest

from services.sync.operations.promotions import companies
from tests.sync.commanding import concord
from tests.sync.stores import Company
from tests.sync.working import sync

__all__ = ["concord", "sync"]


def test_promotions_are_compiled(company: Company, concord: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = company.promotion("ONE", -9, 9)
    assert concord("compile", "--promotion-id", "one").stdout == "ONE: compiled\n"
    assert json.loads(concord("compile", "--promotion-id", one, "--pretty").stdout)["compiled_data"]["code"] == "ONE"
    store = company.stores["S1"]
    assert concord("compile", "--store-id", store).stdout == "1 promotions for store S1\n"
    company.promotion("BOX", -9, 9, promo_type="package", brand_id=company.brands["kopi"])
    incomplete = concord("compile", "--all", code=3)
    assert incomplete.stdout == "2 promotions\n"
    assert incomplete.stderr == "BOX: RULES_INCOMPLETE: Package details not configured\n"
    told = "2 promotions for 3 stores\nKopi: 2 promotions, 1 stores\nSoto: 1 promotions, 2 stores\n"
    assert concord("compile", "--company", code=3).stdout == told
    concord("settings", "set", "sync_strategy=all_active")  # for a job it is today
    monkeypatch.setattr(companies, "AT_ONCE", 2)
    by_job = concord("compile", "--company", "--json", code=3)
    assert json.loads(by_job.stdout)["summary"]["total_promotions"] == 2


def test_what_cannot_be_compiled_names_the_option(company: Company, concord: Any) -> None:
    for arguments in ([], ["--all", "--company"]):
        assert "Name one of" in concord("compile", *arguments, code=2).stderr
    for option in ("--promotion-id", "--store-id"):
        for wrong in (str(uuid.uuid4()), "x"):
            assert f"{option}: " in concord("compile", option, wrong, code=2).stderr


def test_settings_are_shown_set_and_tried(company: Company, concord: Any) -> None:
    company.promotion("LATER", 20, 22)
    saved = concord("settings", "set", "future_days=3", "include_inactive=true", "sync_times=06:00, 22:30")
    assert saved.stdout == "Sync settings updated successfully!\n"
    shown = concord("settings", "show").stdout.splitlines()
    for line in ("future_days: 3", "include_inactive: true", "sync_times: 06:00:00, 22:30:00"):
        assert line in shown
    assert "future_days: 3  (company)" in concord("settings", "show", "--store-id", "S1").stdout
    tried = concord("settings", "preview", "sync_strategy=all_active", "--store-id", company.stores["S1"])
    assert tried.stdout.startswith("All active promotions (no date filtering), inactive ones included: 1 promotions\n")
    assert tried.stdout.endswith("+ LATER\n")
    everywhere = concord("settings", "preview", "sync_strategy=all_active").stdout.splitlines()
    assert everywhere[-1].startswith("3 of 3 stores: 3 to send (")
    assert json.loads(concord("settings", "preview", "--at", "2026-07-06T00:00:00Z", "--json").stdout)["count"] == 1
    assert json.loads(concord("settings", "show", "--json").stdout)["sync_strategy"] == "include_future"
    for wrong, name in (
        (["future_days=91"], "future_days"),
        (["colour=red"], "colour"),
        (["future_days"], "NAME=VALUE"),
    ):
        assert name in concord("settings", "set", *wrong, code=2).stderr
