"""All resources of this service, in the order of its document."""

from services.sync.routes import components, jobs, pipelines, runs, webhooks

BLUEPRINTS = (
    pipelines.blueprint,
    runs.blueprint,
    components.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
