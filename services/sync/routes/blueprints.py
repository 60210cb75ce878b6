"""All resources of this service, in the order of its document."""

from services.sync.routes import catalogue, components, jobs, pipelines, runs, webhooks

BLUEPRINTS = (
    pipelines.blueprint,
    runs.blueprint,
    components.blueprint,
    catalogue.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
