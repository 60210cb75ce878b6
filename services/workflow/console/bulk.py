"""One change of many items: tried first, item by item, then made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask.typing import ResponseReturnValue

from services.workflow.console.kinds import Kind
from shared.console import api
from shared.console.pages import Pages, Values, done, sent
from shared.current import current_context
from shared.errors import Invalid

AT_ONCE, PAGE, SHOWN = 1000, 200, 200
Body = dict[str, Any]


def choices(kind: Kind, permissions: frozenset[str]) -> list[tuple[str, str]]:
    """What somebody with these permissions may do with many; a value is `word:what`."""
    machine, area = kind.machine, kind.area
    found = [
        (f"transition:{name}", f"Move to {name.lower()}")
        for name in machine.states
        if any(permissions.issuperset(edge.permissions) for edge in machine.edges_into(name))
    ]
    if kind.entity.assignable and f"{area}.assign" in permissions:
        found.append(("assign:", "Assign"))
    if "priority" in kind.entity.editable and f"{area}.update" in permissions:
        found.append(("update:priority", "Set the priority"))
    return found


@dataclass(frozen=True, slots=True)
class Picked:
    """An item as it stood on the page: its id, the version that was read, and its title."""

    id: int
    version: int
    title: str

    @property
    def as_text(self) -> str:
        return f"{self.id} {self.version} {self.title}"


def _picked(text: str) -> Picked:
    number, version, title = (*text.split(" ", 2), "", "")[:3]
    if not (number.isdecimal() and version.isdecimal()):
        raise Invalid.field("/picked", "invalid_id", "This is no item of the list.")
    return Picked(int(number), int(version), title)


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked for: the word of the address, its body, and either items or a filter that finds more of them."""

    word: str
    body: Body
    items: Sequence[Picked] | None
    where: Body

    def send(self, kind: Kind, *, dry_run: bool) -> api.Document:
        which = {"where": self.where}
        if self.items is not None:
            which = {"items": [{"id": one.id, "version": one.version} for one in self.items]}  # type: ignore[dict-item]
        return api.post(f"{kind.path}/bulk/{self.word}", self.body | which | {"dry_run": dry_run})

    def shown(self, kind: Kind, form: Body, answer: api.Document | None) -> Values:
        """For the templates: what came of each, the failed ones first, and the form to send it again."""
        titles = {one.id: one.title for one in self.items or ()}
        outcomes = sorted(answer["items"] if answer else [], key=lambda one: one["status"] != "failed")
        again = {name: value for name, value in _flat(form) if name not in ("picked[]", "of")}
        picked = [one.as_text for one in self.items or ()]
        return {
            "kind": kind,
            "what": dict(choices(kind, current_context().permissions)).get(form["operation"], form["operation"]),
            "answer": answer,
            "outcomes": outcomes[:SHOWN],
            "titles": titles,
            "again": again | {"of": "chosen" if self.items is not None else "matching", "picked[]": picked},
        }


def register(pages: Pages, kind: Kind) -> None:
    view, path = f"{kind.area}.view", kind.path

    @pages.form(f"/{path}/bulk", view)
    def bulk() -> Values:
        form = sent()
        call = _asked(kind, form)
        return call.shown(kind, form, None if call.items is None else call.send(kind, dry_run=True))

    @pages.form(f"/{path}/bulk/run", view)
    def bulk_run() -> ResponseReturnValue | Values:
        form = sent()
        dry_run = form.pop("dry_run", "") == "true"
        call = _asked(kind, form)
        answer = call.send(kind, dry_run=dry_run)
        if answer.is_pending:
            return done("A worker does it, item by item.", to=f"/workflow/jobs/{answer.made_id}")
        if answer["failed_items"]:
            return call.shown(kind, form, answer)
        return done(f"Done: {answer['successful_items']:,} of {answer['total_items']:,}.")


def _asked(kind: Kind, form: Body) -> Call:
    word, _, what = form.get("operation", "").partition(":")
    if not word:
        raise Invalid.field("/operation", "required", "Say what to do with them.")
    body: Body = {"rollback_on_error": form.get("rollback_on_error", "true")}
    body |= {name: form[name] for name in ("comments", "metadata") if name in form}
    if word == "transition":
        body["target_state"] = what
    elif word == "assign":
        body |= {name: form[name] for name in ("assigned_to_user", "assigned_to_team") if name in form}
    else:
        body["update_data"] = {what: form[what]} if what in form else {}
    where = form.get("where", {})
    if form.get("of") == "matching":
        return Call(word, body, _matching(kind, where), where)
    if not form.get("picked"):
        raise Invalid.field("/picked", "nothing_chosen", "Tick at least one, or take all that match.")
    return Call(word, body, [_picked(text) for text in form["picked"]], where)


def _matching(kind: Kind, where: Body) -> list[Picked] | None:
    """What the list finds; None where that is more than one call carries, which is then a job."""
    found: list[Picked] = []
    cursor = None
    while True:
        page = api.get(kind.path, where, limit=PAGE, cursor=cursor)
        found += [Picked(row["id"], row["version"], row[kind.title]) for row in page["results"]]
        if not page["next"]:
            break
        if len(found) >= AT_ONCE:
            return None
        cursor = dict(parse_qsl(urlsplit(page["next"]).query))["cursor"]
    if not found:
        raise Invalid.field("/where", "nothing_matches", "Nothing matches the filter.")
    return found


def _flat(form: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """The fields that a form had, by the names that it gave them."""
    found: list[tuple[str, Any]] = []
    for name, value in form.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{above}{name}/")
        else:
            found.append((f"{above}{name}[]" if isinstance(value, list) else f"{above}{name}", value))
    return found
