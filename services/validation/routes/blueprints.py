"""All resources of this service, in the order of its document."""

from services.validation.routes import (
    asking,
    chronicles,
    entries,
    jobs,
    ledger,
    play,
    spend_requests,
    tariffs,
    webhooks,
)

BLUEPRINTS = (
    chronicles.blueprint,
    ledger.blueprint,
    spend_requests.blueprint,
    entries.blueprint,
    play.blueprint,
    *asking.BLUEPRINTS,
    tariffs.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
