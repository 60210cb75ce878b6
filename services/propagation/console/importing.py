"""Importing names from a file: what it would do is shown as soon as a file is chosen, then it is done as one run."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from services.propagation.domain.sheets import MAX_BYTES
from shared.console import api
from shared.console.pages import Pages, Values, done, sent
from shared.errors import Invalid
from shared.jobs.models import ACTIVE

pages = Pages("propagation", "importing", __name__)
SHOWN = 50
AROUND_THE_FILE = 64 * 1024
HANDLING = [
    ("continue", "leaves it out and imports the others"),
    ("stop", "imports what stands above it"),
    ("rollback", "imports nothing"),
]


@pages.page("/import", "string.edit", menu="Import")
def import_names() -> Values:
    rules = api.get("rules", status="active", limit=200)["results"]
    usual = next((rule["id"] for rule in rules if rule["is_default"]), "")
    return {"rules": [(rule["id"], rule["name"]) for rule in rules], "usual": usual, "handling": HANDLING}


@pages.form("/import/preview", "string.edit", max_bytes=MAX_BYTES + AROUND_THE_FILE)
def import_preview() -> Values:
    """What the file would do; nothing is kept of it. A worker looks at a large one."""
    if not flask.request.files.get("file"):
        return {"found": None}
    return _told(_sent_on(dry_run=True))


@pages.fragment("/import/<uuid:job_id>", "string.edit")
def import_looked_at(job_id: uuid.UUID) -> Values:
    """The same, once a worker has looked."""
    return _told(api.get(f"imports/{job_id}"))


@pages.form("/import", "string.edit", max_bytes=MAX_BYTES + AROUND_THE_FILE)
def start_import() -> ResponseReturnValue:
    found = _sent_on(dry_run=False)
    counted = found["summary"]
    note = "A worker imports it."
    if counted["status"] not in ACTIVE:
        note = f"{counted['created']} created, {counted['updated']} changed, {counted['refused']} refused."
    return done(note, to=f"/propagation/jobs/{found['job_id']}")


def rows_of(found: Mapping[str, Any], *outcomes: str) -> list[dict[str, Any]]:
    """The first rows with one of these outcomes; of an import by a worker also those far down."""
    if found["job_id"] is None:
        return [row for row in found["rows"] if row["outcome"] in outcomes][:SHOWN]
    rows: list[dict[str, Any]] = api.get(f"imports/{found['job_id']}/rows", outcome=outcomes, limit=SHOWN)["results"]
    return rows


def _sent_on(*, dry_run: bool) -> api.Document:
    file = flask.request.files.get("file")
    if not file:
        raise Invalid.field("/file", "missing", "Choose a file.")
    body = sent()
    form = {name: body[name] for name in ("rule", "error_handling") if name in body}
    again = FileStorage(file.stream, filename=file.filename, content_type="text/csv")
    return api.upload("imports", form | {"dry_run": str(dry_run).lower(), "file": again})


def _told(found: api.Document) -> Values:
    """Refused rows first, then names before and after."""
    counted = found["summary"]
    if counted["status"] in ACTIVE:
        return {"found": found, "waits_for": found["job_id"]}
    changed = rows_of(found, "updated")
    before = _stored(row["string_id"] for row in changed)
    changes = [(f"Line {row['line']}", before.get(row["string_id"]), row["value"]) for row in changed]
    changes += [(f"Line {row['line']}, new", None, row["value"]) for row in rows_of(found, "created")]
    return {"found": found, "counted": counted, "refused": rows_of(found, "refused"), "changes": changes}


def _stored(ids: Iterable[int]) -> dict[int, str]:
    """Names as they are."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {each["id"]: each["value"] for each in api.get("strings", id=wanted, limit=SHOWN)["results"]}
