"""All resources of this service, in the order of its document."""

from services.workflow.routes import (
    approvals,
    attendance,
    delegations,
    erasures,
    events,
    finding,
    jobs,
    machines,
    references,
    settings,
    tasks,
    tickets,
    transitions,
    webhooks,
    work_orders,
)

BLUEPRINTS = (
    work_orders.blueprint,
    tasks.blueprint,
    attendance.blueprint,
    tickets.blueprint,
    approvals.blueprint,
    references.blueprint,
    machines.blueprint,
    transitions.blueprint,
    delegations.blueprint,
    erasures.blueprint,
    jobs.blueprint,
    events.blueprint,
    settings.blueprint,
    *webhooks.BLUEPRINTS,
    *finding.BLUEPRINTS,
)
