"""One tenant with a row of every kind, and the requests that reach each route of the propagation service."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import Connection, func, inspect, text, update
from werkzeug.test import TestResponse

from services.propagation.models import Outbox
from shared.app import ServiceApp
from shared.outbox.writing import Letter, post_many
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.propagation.changing import change
from tests.propagation.importing import imported
from tests.propagation.naming import Naming, answered, detail_of, made

PREFIX = "/api/propagation/v1/"
Ids = Mapping[str, Any]
# The id that a path asks for, by the collection that it stands in.
COLLECTIONS = {
    "platforms": "platform",
    "fields": "field",
    "dimensions": "dimension",
    "dimension-values": "dimension_value",
    "dimension-constraints": "constraint",
    "rules": "rule",
    "rule-details": "rule_detail",
    "submissions": "submission",
    "members": "member",
    "strings": "string",
    "string-details": "string_detail",
    "jobs": "job",
    "errors": "error",
    "settings": "settings",
    "imports": "import",
    "outbox": "letter",
}
# Whose body is a form with a file.
FORMS = frozenset({"POST imports"})
# A body that each writing route takes.
BODIES: Mapping[str, Callable[[Ids], dict[str, Any]]] = {
    "POST platforms": lambda _ids: {"platform_type": "social", "name": "Another"},
    "PATCH platforms/<>": lambda _ids: {"icon_name": "other"},
    "POST platforms/install": lambda _ids: {"catalogue": "x-ads"},
    "POST fields": lambda ids: {"platform": ids["platform"], "name": "other", "field_level": 7},
    "PATCH fields/<>": lambda _ids: {"name": "renamed"},
    "POST dimensions": lambda ids: {"name": "Other", "type": "list", "parent": ids["dimension"]},
    "PATCH dimensions/<>": lambda _ids: {"description": "changed"},
    "POST dimension-values": lambda ids: {
        "dimension": ids["dimension"],
        "value": "OTHER",
        "parent": ids["dimension_value"],
    },
    "PATCH dimension-values/<>": lambda _ids: {"description": "changed"},
    "POST dimension-constraints": lambda ids: {"dimension": ids["other_dimension"], "constraint_type": "no_spaces"},
    "PATCH dimension-constraints/<>": lambda _ids: {"error_message": "changed"},
    "POST dimensions/<>/constraints/reorder": lambda ids: {"constraints": [ids["constraint"]]},
    "POST dimensions/<>/constraints/check": lambda _ids: {"value": "NIKE"},
    "POST dimension-values/set-parents": lambda ids: {"items": [{"id": ids["dimension_value"], "parent": None}]},
    "POST rules": lambda ids: {"platform": ids["platform"], "name": "Other"},
    "PATCH rules/<>": lambda _ids: {"description": "changed"},
    "POST rule-details": lambda ids: {
        "rule": ids["rule"],
        "field": ids["field"],
        "dimension": ids["dimension"],
        "dimension_order": 9,
    },
    "PATCH rule-details/<>": lambda _ids: {"suffix": "!"},
    "POST submissions": lambda ids: {
        "rule": ids["rule"],
        "starting_field": ids["field"],
        "selected_parent_string": ids["string"],
        "name": "Another",
    },
    "PATCH submissions/<>": lambda _ids: {"description": "changed"},
    "POST members": lambda _ids: {"user_id": "grace", "name": "Grace"},
    "PATCH members/<>": lambda _ids: {"name": "Changed"},
    "PATCH workspace": lambda _ids: {"logo_url": "https://example.com/other.svg"},
    "POST names/parse": lambda ids: {"rule": ids["rule"], "field": ids["field"], "value": "NIKE-EU"},
    "POST names/check": lambda _ids: {"rows": [{"value": "NIKE-EU", "field": "account", "rule": "Standard"}]},
    "POST strings": lambda ids: {
        "field": ids["field"],
        "rule": ids["rule"],
        "submission": ids["submission"],
        "parent": ids["string"],
        "details": [{"dimension": ids["dimension"], "dimension_value": ids["dimension_value"]}],
    },
    "PATCH string-details/<>": lambda ids: {"dimension_value": ids["other_value"]},
    "PUT string-details/<>": lambda ids: {"dimension_value": ids["dimension_value"]},
    "PUT string-details/batch_update": lambda ids: {
        "updates": [{"string_detail_id": ids["string_detail"], "dimension_value": ids["other_value"]}]
    },
    "POST string-details/analyze_impact": lambda ids: {
        "string_detail_updates": [{"string_detail_id": ids["string_detail"], "dimension_value": ids["other_value"]}]
    },
    "POST string-details": lambda ids: {
        "string": ids["string"],
        "dimension": ids["other_dimension"],
        "dimension_value": ids["dimension_value"],
    },
    "POST string-details/<>/reset": lambda _ids: {},
    "PATCH strings/<>": lambda ids: {"submission": ids["submission"], "custom_fields": {"budget": 1}},
    "POST strings/<>/propagate": lambda ids: {"dimensions": [ids["dimension"]]},
    "POST strings/<>/restore": lambda _ids: {"version": 1},
    "POST strings/analyze_impact": lambda ids: {
        "updates": [{"string_id": ids["string"], "custom_fields": {"budget": 1}}]
    },
    "POST strings/check": lambda ids: {"rule": ids["rule"]},
    "POST strings/conflicts": lambda ids: {"updates": [{"string_id": ids["string"], "custom_fields": {"budget": 1}}]},
    "POST strings/conflicts/suggest": lambda _ids: {"conflicts": [{"string_id": 1, "type": "validation"}]},
    "POST strings/conflicts/resolve": lambda _ids: {"conflicts": [{"string_id": 1, "type": "validation"}]},
    "PUT strings/batch_update": lambda ids: {"updates": [{"string_id": ids["string"], "custom_fields": {"budget": 1}}]},
    "POST rules/<>/simulate": lambda ids: {
        "field": ids["field"],
        "values": {"Brand": "NIKE"},
        "rule_details": [{"dimension": ids["dimension"], "prefix": "b_"}],
    },
    "POST rules/<>/reorder": lambda ids: {"field": ids["field"], "rule_details": [ids["rule_detail"]]},
    "POST imports": lambda ids: {"rule": str(ids["rule"]), "dry_run": "false", "file": (BytesIO(b"field\n"), "a.csv")},
    "POST jobs/cleanup": lambda _ids: {"days": 30},
    "POST jobs/<>/cancel": lambda _ids: {},
    "POST jobs/<>/retry": lambda _ids: {},
    "POST jobs/<>/undo": lambda _ids: {},
    "POST jobs/<>/decision": lambda _ids: {"approval_id": 12, "decision": "approved"},
    "POST outbox/<>/replay": lambda _ids: {},
    "POST outbox/replay": lambda _ids: {},
    "POST errors/<>/mark_resolved": lambda _ids: {},
    "POST errors/<>/retry": lambda _ids: {},
    "POST settings": lambda _ids: {"settings": {}},
    "PATCH settings/<>": lambda _ids: {"settings": {"propagation_mode": "automatic"}},
    "PUT settings/<>": lambda _ids: {"settings": {"propagation_mode": "automatic"}},
    "PUT settings/current": lambda _ids: {"settings": {"propagation_mode": "automatic"}},
    "PATCH settings/workspace": lambda _ids: {"settings": {"propagation_mode": "automatic"}},
    "POST audit-log/verify": lambda _ids: {},
    "POST audit-log/redaction-preview": lambda _ids: {"value": "ada@example.com"},
}


@dataclass(frozen=True, order=True)
class Route:
    method: str
    rule: str
    endpoint: str
    permission: str | None

    @property
    def path(self) -> str:
        """Below the version, each argument written as `<>`."""
        return re.sub(r"<[^>]+>", "<>", self.rule.removeprefix(PREFIX))

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def has_argument(self) -> bool:
        return "<>" in self.path

    def body(self, ids: Ids) -> dict[str, Any] | None:
        if self.method not in ("POST", "PUT", "PATCH"):
            return None
        return BODIES[self.name](ids) if self.name in BODIES else {}

    def address(self, ids: Ids) -> str:
        collection = self.path.split("/")[0]
        return self.path.replace("<>", str(ids[COLLECTIONS[collection]]) if self.has_argument else "")

    def call(self, person: Person, ids: Ids, **options: Any) -> TestResponse:
        """Streams are begun and not read."""
        if self.name in FORMS:
            return person.call(self.method, self.address(ids), data=self.body(ids), **options)
        return person.call(self.method, self.address(ids), self.body(ids), **options)


def routes(app: ServiceApp) -> Iterator[Route]:
    """Every method of every address; pages are another matter (tests/repository/test_console.py)."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"/{app.name}/"):
            continue
        permission = getattr(app.view_functions[rule.endpoint], "required_permission", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, rule.rule, rule.endpoint, permission)


def guarded(app: ServiceApp) -> list[Route]:
    """Those that demand a permission: reading first, deleting last."""
    order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    found = [route for route in routes(app) if route.permission is not None]
    return sorted(found, key=lambda route: (order.index(route.method), route.name))


@dataclass(frozen=True)
class World:
    """`marks` are texts that nobody else may see."""

    person: Person
    ids: dict[str, Any]
    marks: list[str]

    @classmethod
    def make(cls, person: Person, mark: str) -> "World":
        naming = Naming.build(person)
        tree = naming.tree(campaigns=1, ads=1)
        twin = naming.make("account", {"Brand": "PUMA", "Region": "EU"}, custom_fields={"note": mark})
        answered(change(naming, tree["account"], "Brand", "VANS"))
        failed = answered(change(naming, twin, "Brand", "VANS"), 409)
        (error,) = answered(person.get("errors"))["results"]
        own = answered(person.put("settings/current", {"settings": {}}))
        answered(person.patch("workspace", {"name": mark}))
        ids = {
            "platform": naming.add("platforms", platform_type="social", name=mark) and naming.platform,
            "field": naming.fields["account"],
            "dimension": naming.dimensions["Brand"],
            "other_dimension": naming.dimensions["Season"],
            "dimension_value": naming.values["NIKE"],
            "other_value": naming.values["PUMA"],
            "constraint": naming.add(
                "dimension-constraints",
                dimension=naming.dimensions["Brand"],
                constraint_type="regex",
                value="[A-Z]+",
                error_message=mark,
            ),
            "rule": naming.rule,
            "rule_detail": naming.rule_details["account", "Brand"],
            "submission": made(
                person.post("submissions", {"rule": naming.rule, "starting_field": naming.fields["ad"], "name": mark})
            )["id"],
            "member": made(person.post("members", {"user_id": f"{mark}-person", "name": mark}))["id"],
            "string": tree["account"]["id"],
            "string_detail": detail_of(tree["account"], "Brand")["id"],
            "job": failed["job_id"],
            "error": error["id"],
            "settings": own["id"],
            "import": imported(naming, [{"field": "account", "key": mark}], 409)["job_id"],
            "letter": letter(person, mark),
        }
        uuids = [string["string_uuid"] for string in (tree["account"], twin, *tree["campaigns"], *tree["ads"])]
        return cls(person, ids, [mark, failed["job_id"], *uuids])


def letter(person: Person, mark: str) -> str:
    """One that has ended; nothing in this installation makes one through HTTP."""
    app = person.client.application
    assert isinstance(app, ServiceApp)
    tenant = answered(person.get("workspace"))["id"]
    with app.runtime.db.transaction(Context(tenant_id=uuid.UUID(tenant))) as session:
        (posted,) = post_many(session, Outbox, [Letter("call", mark, "nowhere", {"path": mark})])
        session.execute(update(Outbox).where(Outbox.id == posted).values(status="failed", ended_at=func.now()))
    return str(posted)


def missing(ids: Ids) -> dict[str, Any]:
    """Ids in the same form that nobody has."""
    return {name: str(uuid.uuid4()) if name in ("job", "import", "letter") else 9_000_000_000_000_000 for name in ids}


def rows_of(catalogue: Connection, tenant_id: uuid.UUID) -> dict[str, list[str]]:
    """Everything that is stored for a tenant, as the superuser sees it."""
    catalogue.rollback()
    names = [name for name in inspect(catalogue).get_table_names() if name != "alembic_version" and "_p2" not in name]
    return {
        name: sorted(
            catalogue.execute(text(f"select t::text from {name} t where tenant_id = :t"), {"t": tenant_id}).scalars()
        )
        for name in names
    }
