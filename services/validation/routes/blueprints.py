"""All resources of this service, in the order of its document."""

from services.validation.routes import (
    asking,
    characters,
    chronicles,
    entries,
    jobs,
    ledger,
    limits,
    play,
    spend_requests,
    tariffs,
    webhooks,
)

BLUEPRINTS = (
    characters.blueprint,
    chronicles.blueprint,
    ledger.blueprint,
    spend_requests.blueprint,
    entries.blueprint,
    play.blueprint,
    *asking.BLUEPRINTS,
    tariffs.blueprint,
    limits.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
