"""The explorer of the audit log, alike in every service: who did what, and whether the log is whole."""

from collections.abc import Mapping
from typing import Any

from shared.console import api
from shared.console.pages import Pages, Values, asked

VERIFIED = "audit_log.verified"


def audit_pages(service: str) -> Pages:
    pages = Pages(service, "audit", __name__, folder="console")

    @pages.page("/audit", "audit.view", menu="Audit")
    def audit() -> Values:
        query = asked()
        # Asked for where nobody has narrowed anything: reading the log is logged, too.
        last = [] if query else api.get("audit-log", action=[VERIFIED], limit=1)["results"]
        return {
            "rows": api.get("audit-log", query),
            "changed": changed,
            "last": last[0] if last else None,
            "is_narrow": bool(query),
        }

    @pages.form("/audit/verify", "audit.manage")
    def audit_verified() -> Values:
        return {"found": api.post("audit-log/verify")}

    return pages


def changed(row: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields of a row's diff: name, before, after."""
    found = []
    for name, change in (row.get("changes") or {}).items():
        before, after = change if isinstance(change, list) and len(change) == 2 else (None, change)
        if isinstance(change, dict):
            before, after = change.get("old", change.get("from")), change.get("new", change.get("to"))
        found.append((name, before, after))
    return found
