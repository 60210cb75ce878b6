"""The demo workspace of names: one change at the top of a tree renames all of them."""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import httpx2

from concord.demo.calling import Caller, DemoFailed, Note
from concord.demo.ground import Ground
from concord.demo.telling import Part
from concord.tokens import DEMO_TENANT

TITLE = "names"
STRINGS = 10_000
OLD, NEW = "NORDA", "VELTRA"
PREFIX = "/api/propagation/v1"
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 120


def is_possible(ground: Ground) -> bool:
    """The example lies beside the packages, so only a checkout has it."""
    return "propagation" in ground.services and find_spec("examples") is not None


def run(ground: Ground, note: Note) -> Part:
    """On the first start loads names and changes them; afterwards only tells what is there. Raises DemoFailed."""
    with Caller.of(ground) as caller:
        return _Names(ground, caller, note).run()


@dataclass(frozen=True, slots=True)
class _Names:
    ground: Ground
    caller: Caller
    note: Note

    def run(self) -> Part:
        top = self._top()
        if top is None:
            self._name_workspace()
            self._load()
            top = self._top()
            assert top is not None  # loaded just now
        changed = self._last_run()
        rows = self._described(top, changed) if changed else self._change(top)
        return Part(TITLE, ("about", "told"), [*rows, *self._where(top)])

    def _top(self) -> dict[str, Any] | None:
        found = self._get("strings", ordering="id", limit=1)["results"]
        return found[0] if found else None

    def _last_run(self) -> dict[str, Any] | None:
        found = self._get("jobs", trigger_type="detail_update", status="completed", limit=1)["results"]
        return found[0] if found else None

    def _name_workspace(self) -> None:
        self.caller.call("PATCH", f"{PREFIX}/workspace", json={"name": DEMO_TENANT.title(), "slug": DEMO_TENANT})

    def _load(self) -> None:
        from examples.naming.convention import Convention
        from examples.naming.load import Installer, Refused
        from examples.naming.sheets import bring

        self.note(f"demo: installing a naming convention and importing {STRINGS:,} names")
        try:
            convention = Convention.read()
            Installer(self.caller.client, convention).install()
            for started in bring(self.caller.client, convention, STRINGS):
                self.caller.ended(started, "the import of names")
        except (Refused, httpx2.HTTPError) as refused:
            raise DemoFailed(str(refused)) from refused

    def _change(self, top: dict[str, Any]) -> list[tuple[str, str]]:
        """Looks what would happen, does it, and compares."""
        detail = next(row for row in top["details"] if row["dimension_name"] == "Brand")
        value = self._get("dimension-values", value=NEW, limit=1)["results"][0]["id"]
        update = {"string_detail_id": detail["id"], "dimension_value": value}
        looked = time.perf_counter()
        address = f"{PREFIX}/string-details/analyze_impact"
        impact = self.caller.call("POST", address, json={"string_detail_updates": [update]}).json()
        looked = time.perf_counter() - looked
        expected = impact["summary"]["total_affected"]
        self.note(f"demo: {expected:,} names would change; changing {OLD} to {NEW}")
        began = time.perf_counter()
        body = {"dimension_value": value}
        answer = self.caller.call("PATCH", f"{PREFIX}/string-details/{detail['id']}", json=body)
        job = self._follow(answer.headers["Location"]) if answer.status_code == 202 else self._last_run()
        seconds = time.perf_counter() - began
        if job is None or job["status"] != "completed":
            raise DemoFailed(f"the run ended as {job and job['status']}: {job and job['error_message']}")
        lowest = impact["affected_strings"][-1]
        return [
            ("previewed", f"{expected:,} names on {impact['summary']['max_depth']} levels, in {looked:.1f} s"),
            ("changed", f"{job['processed_strings']:,} names in {seconds:.1f} s, {job['failed_strings']} failed"),
            ("for example", f"{top['value']}  →  {self._get('strings/' + str(top['id']))['value']}"),
            ("", f"{lowest['string_value']}  →  {self._get('strings/' + str(lowest['string_id']))['value']}"),
            ("run", f"{self.ground.public_url}{PREFIX}/jobs/{job['id']}/changes"),
        ]

    def _follow(self, address: str) -> dict[str, Any]:
        return self.caller.follow(address, patience_seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)

    def _described(self, top: dict[str, Any], job: dict[str, Any]) -> list[tuple[str, str]]:
        count = self._get("strings", limit=1, count="exact")["count"]
        return [
            ("names", f"{count:,} of the tenant demo, {top['value']} at the top"),
            ("last run", f"{job['processed_strings']:,} names, {job['completed_at']}"),
            ("run", f"{self.ground.public_url}{PREFIX}/jobs/{job['id']}/changes"),
        ]

    def _where(self, top: dict[str, Any]) -> list[tuple[str, str]]:
        return [("tree", f"{self.ground.public_url}{PREFIX}/strings/{top['id']}/descendants")]

    def _get(self, path: str, **parameters: Any) -> dict[str, Any]:
        return self.caller.get(f"{PREFIX}/{path}", **parameters)
