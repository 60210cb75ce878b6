"""All resources of this service, in the order of its document."""

from services.validation.routes import (
    asking,
    characters,
    chronicles,
    entries,
    evaluations,
    groups,
    integrity,
    jobs,
    ledger,
    limits,
    play,
    rule_lists,
    rule_sets,
    spend_requests,
    tariffs,
    webhooks,
)

BLUEPRINTS = (
    characters.blueprint,
    chronicles.blueprint,
    groups.blueprint,
    ledger.blueprint,
    spend_requests.blueprint,
    entries.blueprint,
    play.blueprint,
    *asking.BLUEPRINTS,
    tariffs.blueprint,
    limits.blueprint,
    rule_sets.blueprint,
    rule_lists.blueprint,
    evaluations.blueprint,
    integrity.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
)
