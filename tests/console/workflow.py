"""What stands in the console's tests of this service, and its pages."""

from typing import TYPE_CHECKING

from tests.workflow.working import ago, ahead, made, moved, order_in, record, task, ticket, tour

if TYPE_CHECKING:
    from tests.console.world import World

LISTS = ("/workflow/work-orders", "/workflow/approvals", "/workflow/search?query=elevatr")
PAGES = (
    *LISTS,
    "/workflow/tasks",
    "/workflow/attendance",
    "/workflow/work-orders/{order}",
    "/workflow/work-orders/{order}/edit",
    "/workflow/tasks/{tour}",
    "/workflow/tickets/{ticket}",
    "/workflow/approvals/{approval}",
    "/workflow/machines",
    "/workflow/machines/ticket",
    "/workflow/erasures",
    "/workflow/jobs",
    "/workflow/audit?limit=10",
)
DISHES = ("soup", "fish")


def arrange(world: "World") -> dict[str, object]:
    ada = world.person("workflow")
    order = order_in(ada, "APPROVED", due_at=ahead(days=3), priority="HIGH", description="The door hits the frame.")
    made(ada, f"work-orders/{order['id']}/line-items", description="Door sensor", unit_price="120.00")
    order_in(ada, "SUBMITTED", title="Paint the stairs")
    walk, _stops = tour(ada, "North gate", "Boiler room", due_at=ahead(hours=5))
    moved(ada, f"tasks/{walk['id']}", "INPROGRESS")
    task(ada, title="Read the meters", due_at=ago(hours=2))
    asked = ticket(ada, category="building", assigned_to_user="grace")
    moved(ada, f"tickets/{asked['id']}", "OPEN")
    moved(ada, f"tickets/{asked['id']}", "ONHOLD", comments="Waits for a part.")
    record(ada)
    robot = world.person("workflow", sub="robot", roles=[], permissions=["approval.request"])
    sides = {"price": {"source": "12.50", "target": "11.90"}}
    asked_for = {"kind": "sync.conflict", "options": ["keep source", "keep target"], "payload": {"fields": sides}}
    conflicts = [
        made(robot, "approvals", title=f"menu: {dish} was changed on both sides", **asked_for) for dish in DISHES
    ]
    made(ada, "saved-searches", name="Elevators", query="elevator")
    return {
        "approval": conflicts[0]["id"],
        "order": order["id"],
        "tour": walk["id"],
        "ticket": asked["id"],
    }
