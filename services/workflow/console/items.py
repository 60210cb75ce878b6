"""Lists and items of the kinds with a lifecycle, all alike: look, create, edit, assign, move, delete."""

from dataclasses import replace
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.workflow.console import bulk, diagrams
from services.workflow.console.fields import Field, changes, form_sent, version_read
from services.workflow.console.kinds import Kind
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent
from shared.current import current_context

STORY, CHOICES = 50, 200
REFERENCES = {"vendor_id": "vendors", "geofence_id": "geofences", "shift_id": "shifts"}
SEES_REFERENCES = "reference.view"


def item_pages(kind: Kind) -> Pages:
    pages = Pages("workflow", kind.entity.name, __name__)
    _add_looking(pages, kind)
    _add_editing(pages, kind)
    _add_acting(pages, kind)
    bulk.register(pages, kind)
    return pages


def _add_looking(pages: Pages, kind: Kind) -> None:
    view, path = f"{kind.area}.view", kind.path

    @pages.page(f"/{path}", view, menu=kind.label)
    def items() -> Values:
        query = asked(ordering=[kind.default_ordering])
        where = {
            f"where/{name}[]": found for name, found in query.items() if name not in ("cursor", "limit", "ordering")
        }
        operations = bulk.choices(kind, current_context().permissions)
        return {"kind": kind, "rows": api.get(path, query), "where": where, "operations": operations}

    @pages.page(f"/{path}/<key:item_id>", view)
    def item(item_id: int) -> Values:
        found = api.get(f"{path}/{item_id}")
        options = api.get(f"{path}/{item_id}/transitions")
        story = api.get(f"{path}/{item_id}/history", limit=STORY)
        clocks = api.get(f"{path}/{item_id}/clocks") if kind.has_clocks else None
        parts = {name: api.get(f"{path}/{item_id}/{name}", limit=200) for name in kind.parts}
        drawn = diagrams.of_item(kind.machine, options, story["results"])
        shown = {"kind": kind, "item": found, "options": options, "diagram": drawn}
        return shown | {"story": story, "clocks": clocks, "parts": parts, "names": _names(found)}


def _add_editing(pages: Pages, kind: Kind) -> None:
    area, path = kind.area, kind.path
    one, address = f"/{path}/<key:item_id>", f"/workflow/{path}"

    @pages.page(f"/{path}/new", f"{area}.create")
    def new_item() -> Values:
        return {"kind": kind, "fields": _with_names(_creatable(kind))}

    @pages.form(f"/{path}/new", f"{area}.create")
    def create_item() -> ResponseReturnValue:
        body = changes(_creatable(kind), {}, form_sent())
        made = api.post(path, body)
        return done(f"The {kind.noun} is made.", to=f"{address}/{made['id']}")

    @pages.page(f"{one}/edit", f"{area}.update")
    def edit_item(item_id: int) -> Values:
        return {"kind": kind, "item": api.get(f"{path}/{item_id}"), "fields": _with_names(_editable(kind))}

    @pages.form(f"{one}/edit", f"{area}.update")
    def change_item(item_id: int) -> ResponseReturnValue:
        changed = changes(_editable(kind), api.get(f"{path}/{item_id}"), form_sent())
        if changed:
            api.patch(f"{path}/{item_id}", changed | version_read())
        return done("Changed." if changed else "Nothing was changed.", to=f"{address}/{item_id}")

    @pages.form(f"{one}/delete", f"{area}.delete")
    def delete_item(item_id: int) -> ResponseReturnValue:
        api.delete(f"{path}/{item_id}", if_match=sent().get("tag"))
        return done(f"The {kind.noun} is deleted.", to=address)


def _add_acting(pages: Pages, kind: Kind) -> None:
    view, path = f"{kind.area}.view", kind.path
    one = f"/{path}/<key:item_id>"

    @pages.form(f"{one}/assign", view)
    def assign_item(item_id: int) -> ResponseReturnValue:
        api.post(f"{path}/{item_id}/assign", sent() | version_read())
        return done("Assigned.")

    @pages.form(f"{one}/act/<path:action>", view)
    def act_on_item(item_id: int, action: str) -> ResponseReturnValue:
        """What only this kind knows, by the name that the API gives it; a button may say the last word of the name."""
        if action.partition("/")[0] not in kind.actions:
            flask.abort(404)
        body = sent() | version_read()
        verb = body.pop("verb", "")
        api.post(f"{path}/{item_id}/{action}{'/' + verb if verb else ''}", body)
        return done("Done.")

    @pages.form(f"{one}/move", view)
    def move_item(item_id: int) -> ResponseReturnValue:
        result = api.post(f"{path}/{item_id}/transition", sent() | version_read())
        return done(told(result))


def told(result: Any) -> str:
    """What came of a transition, with its warnings."""
    came = "It was so already" if result["unchanged"] else f"Now {result['to_state'].replace('_', ' ').lower()}"
    return ". ".join([came, *(warning.rstrip(".") for warning in result["warnings"])]) + "."


def _editable(kind: Kind) -> Any:
    return kind.editable(current_context().permissions)


def _names(item: api.Document) -> dict[str, str]:
    """What the rows are called that an item refers to."""
    if SEES_REFERENCES not in current_context().permissions:
        return {}
    found = {field: (path, item.get(field)) for field, path in REFERENCES.items()}
    return {field: api.get(f"{path}/{row_id}")["name"] for field, (path, row_id) in found.items() if row_id}


def _with_names(fields: Any) -> list[Field]:
    """Ids of other rows are chosen by name, where there are not too many to choose from."""
    if SEES_REFERENCES not in current_context().permissions:
        return list(fields)
    return [_chosen(field) if field.name in REFERENCES else field for field in fields]


def _chosen(field: Field) -> Field:
    rows = api.get(REFERENCES[field.name], ordering="name", limit=CHOICES)
    named = tuple((str(row["id"]), row["name"]) for row in rows["results"])
    return field if rows["next"] else replace(field, options=(("", "–"), *named), help=None)


def _creatable(kind: Kind) -> Any:
    names = kind.entity.editable | {*kind.required, "kind", "vendor_id", "assigned_to_user", "assigned_to_team"}
    return [field for field in kind.fields if field.name in names]
