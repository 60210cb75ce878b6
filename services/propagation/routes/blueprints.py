"""All resources of this service, in the order of its document."""

from services.propagation.routes import (
    changes,
    checks,
    conflicts,
    details,
    errors,
    events,
    imports,
    jobs,
    names,
    settings,
    string_batches,
    strings,
    structure,
)

BLUEPRINTS = (
    structure.blueprint,
    strings.blueprint,
    details.blueprint,
    changes.blueprint,
    string_batches.blueprint,
    checks.blueprint,
    conflicts.blueprint,
    imports.blueprint,
    jobs.blueprint,
    errors.blueprint,
    settings.blueprint,
    events.blueprint,
    names.blueprint,
)
