"""The machines: how many items stand where, and the diagram of each."""

from services.workflow.console import diagrams
from services.workflow.console.kinds import KINDS
from services.workflow.domain.machines.shipped import machines as shipped
from shared.console import api
from shared.console.pages import Pages, Values

pages = Pages("workflow", "machines", __name__)


@pages.page("/machines", "machine.view", menu="Machines", rare=True)
def machines() -> Values:
    names = [machine["name"] for machine in api.get("machines")["results"]]
    return {"standing": {name: api.get(f"machines/{name}/figures")["results"] for name in names}, "paths": _paths()}


@pages.page("/machines/<name>", "machine.view")
def machine(name: str) -> Values:
    found = api.get(f"machines/{name}")
    standing = api.get(f"machines/{name}/figures")["results"]
    blocked = api.get("transitions/statistics", hours=168)
    return {
        "machine": found,
        "standing": standing,
        "paths": _paths(),
        "recent": blocked["by_machine"].get(name),
        "diagram": diagrams.of_all(shipped()[name], standing),
    }


def _paths() -> dict[str, str]:
    """Where the items of a machine are listed."""
    return {kind.entity.lifecycle.machine: kind.path for kind in KINDS} | {"approval": "approvals"}
