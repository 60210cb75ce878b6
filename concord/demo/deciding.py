"""Conflicts: a person and the old system change the same articles; Grace decides about one of them in workflow."""

from typing import Any

import httpx2

from concord.demo.calling import DemoFailed
from concord.demo.telling import SYNC, WORKFLOW, Stage, Told

# Article of the old system and its number in the catalogue: one that is decided here, one that is left to the reader.
DECIDED, LEFT = (7, "A000007"), (8, "A000008")


def take(stage: Stage) -> Told:
    """Raises DemoFailed."""
    _article, sku = DECIDED
    if stage.admin.newest(f"{SYNC}/conflicts", key=sku) is None:
        for article, number in (DECIDED, LEFT):
            _differ(stage, article, number)
        started = stage.admin.call("POST", f"{SYNC}/pipelines/products/runs", json={})
        stage.admin.ended(started.headers["Location"], "the pipeline that finds both changes")
    conflict = stage.admin.awaited(f"{SYNC}/conflicts", "the conflict", key=sku)
    if conflict["status"] == "open":
        approve(stage, conflict["id"], "sync.conflict", option="keep_source")
        conflict = stage.admin.awaited(f"{SYNC}/conflicts", "the decision", key=sku, status="resolved")
    row = stage.admin.get(f"{SYNC}/catalogue/product/{conflict['row_id']}")
    return Told(
        f"{sku} was changed on both sides; {conflict['resolved_by'].title()} was asked in workflow, now it is "
        f"“{row['name']}”; {LEFT[1]} waits for you",
        "/workflow/approvals",
    )


def approve(stage: Stage, reference: object, kind: str, **how: Any) -> dict[str, Any]:
    """Grace agrees to what a service has asked for under this reference; the approval as it was asked."""
    asked = stage.grace.awaited(f"{WORKFLOW}/approvals", "the approval", kind=kind, external_ref=str(reference))
    if asked["state"] == "PENDING":
        body = {"comments": "As agreed.", **how}
        stage.grace.call("POST", f"{WORKFLOW}/approvals/{asked['id']}/approve", json=body)
    return asked


def change_there(stage: Stage, table: str, key: int, **fields: str) -> None:
    """A change in the old system. Raises DemoFailed."""
    try:
        httpx2.post(f"{stage.ground.old_system}/rest/{table}?key={key}", json=fields).raise_for_status()
    except httpx2.HTTPError as error:
        raise DemoFailed(f"the old system does not answer: {error}") from error


def _differ(stage: Stage, article: int, sku: str) -> None:
    row = stage.admin.awaited(f"{SYNC}/catalogue/product", "the article", sku=sku)
    stage.admin.call("PATCH", f"{SYNC}/catalogue/product/{row['id']}", json={"name": "Edited here"})
    change_there(stage, "Artikel", article, Bezeichnung="Changed there")
