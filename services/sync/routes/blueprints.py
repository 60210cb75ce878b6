"""All resources of this service, in the order of its document."""

from services.sync.routes import (
    catalogue,
    components,
    conflicts,
    dags,
    declared,
    jobs,
    pipelines,
    quarantine,
    runs,
    webhooks,
)
from services.sync.routes.edge import calling, lists
from services.sync.routes.promotions import company, compiling, promotions, reference, servers, settings

BLUEPRINTS = (
    pipelines.blueprint,
    runs.blueprint,
    dags.blueprint,
    components.blueprint,
    quarantine.blueprint,
    conflicts.blueprint,
    catalogue.blueprint,
    declared.blueprint,
    jobs.blueprint,
    *webhooks.BLUEPRINTS,
    company.blueprint,
    reference.blueprint,
    compiling.blueprint,
    promotions.blueprint,
    settings.blueprint,
    servers.blueprint,
    lists.blueprint,
    calling.blueprint,
)
