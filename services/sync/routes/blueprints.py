"""All resources of this service, in the order of its document."""

from services.sync.routes import catalogue, components, conflicts, jobs, pipelines, quarantine, runs, webhooks

BLUEPRINTS = (
    pipelines.blueprint,
    runs.blueprint,
    components.blueprint,
    quarantine.blueprint,
    conflicts.blueprint,
    catalogue.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
