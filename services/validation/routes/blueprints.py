"""All resources of this service, in the order of its document."""

from services.validation.routes import jobs, webhooks

BLUEPRINTS = (
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
