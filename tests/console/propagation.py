"""What stands in the console's tests of this service, and its pages."""

import uuid
from typing import TYPE_CHECKING

from services.propagation.operations.runs import approving
from shared.tenancy import Context
from tests.propagation.changing import change
from tests.propagation.naming import Naming, detail_of

if TYPE_CHECKING:
    from tests.console.world import World

# Every page; `{name}` is an id that `arrange` gives. LISTS are those whose rows are links, read without JavaScript too.
LISTS = ("/propagation/", "/propagation/jobs", "/propagation/values", "/propagation/rules")
PAGES = (
    *LISTS,
    "/propagation/tree",
    "/propagation/names/{name}",
    "/propagation/names/{name}/edit/{detail}",
    "/propagation/values/{value}",
    "/propagation/rules/{rule}",
    "/propagation/rules/{rule}/parts/{part}",
    "/propagation/check",
    "/propagation/import",
    "/propagation/jobs/{run}",
    "/propagation/settings",
    "/propagation/audit?limit=10",
    "/propagation/login",
)


def arrange(world: "World") -> dict[str, object]:
    naming = Naming.build(world.person("propagation"))
    tree = naming.tree()
    change(naming, tree["account"], "Brand", "PUMA")
    run = naming.person.get("jobs").get_json()["results"][0]["id"]
    brand = detail_of(tree["account"], "Brand")["id"]
    return {
        "name": tree["account"]["id"],
        "detail": brand,
        "run": run,
        "rule": naming.rule,
        "part": naming.rule_details["campaign", "Season"],
        "value": naming.values["PUMA"],
        "season": naming.values["SS26"],
    }


def decide(world: "World", job_id: str, decision: str) -> None:
    """As workflow's callback does."""
    told = {"approval_id": 12, "decision": decision, "person": "grace", "comments": "Not before spring."}
    with world.apps["propagation"].runtime.db.transaction(Context(tenant_id=world.tenant_id)) as session:
        approving.decide(session, uuid.UUID(job_id), told)
