"""What stands in the console's tests of this service, and its pages."""

from typing import TYPE_CHECKING

from tests.workflow.working import ago, ahead, made, moved, order_in, record, task, ticket, tour

if TYPE_CHECKING:
    from tests.console.world import World

LISTS = (
    "/workflow/work-orders",
    "/workflow/approvals",
    "/workflow/search?query=elevatr",
    "/workflow/vendors",
    "/workflow/webhooks",
    "/workflow/searches",
)
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
    "/workflow/vendors/{vendor}",
    "/workflow/geofences",
    "/workflow/geofences/{geofence}",
    "/workflow/shifts",
    "/workflow/shifts/{shift}",
    "/workflow/delegations",
    "/workflow/webhooks/{webhook}",
    "/workflow/searches/{search}",
    "/workflow/settings",
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
    search = made(ada, "saved-searches", name="Elevators", query="elevator")
    corners = [{"latitude": 52.5, "longitude": longitude} for longitude in (13.4, 13.5, 13.6)]
    corners[1]["latitude"] = 52.6
    geofence = made(ada, "geofences", name="Head office", kind="polygon", vertices=corners)
    shift = made(ada, "shifts", name="Night", start_time="22:00", end_time="06:00")
    made(ada, "delegations", permission="workorder.approve", delegate="grace", ends_at=ahead(days=3))
    webhook = made(ada, "webhooks", name="ops-hook", url="https://93.184.216.34/told")
    return {
        "vendor": order["vendor_id"],
        "geofence": geofence["id"],
        "shift": shift["id"],
        "webhook": webhook["id"],
        "search": search["id"],
        "approval": conflicts[0]["id"],
        "order": order["id"],
        "tour": walk["id"],
        "ticket": asked["id"],
    }
