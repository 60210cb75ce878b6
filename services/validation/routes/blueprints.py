"""All resources of this service, in the order of its document."""

from services.validation.routes import chronicles, jobs, webhooks

BLUEPRINTS = (
    chronicles.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
