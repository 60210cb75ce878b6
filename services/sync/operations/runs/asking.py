"""What a request for runs says: checked before anything is written, for one pipeline, an entity or all."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.dates import first_second, last_second
from services.sync.domain.filters.reading import read_filters, read_moment_bound
from services.sync.errors import PipelineAmbiguous, PipelineNotFound
from services.sync.operations.runs.beginning import start
from services.sync.operations.runs.starting import Started
from services.sync.queries import pipelines
from shared.errors import FieldError, Invalid


def checked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, if they make sense together. Raises Invalid with an entry for each that does not."""
    errors: list[FieldError] = []
    moments = {name: _moment(name, asked[name], errors) for name in ("since", "until") if name in asked}
    since, until = moments.get("since"), moments.get("until")
    if since is not None and until is not None and _last(until) < _first(since):
        errors.append(FieldError("/until", "before_since", "until is before since."))
    if "filters" in asked:
        errors += [
            FieldError(f"/filters{found.pointer}", found.code, found.text)
            for found in read_filters(asked["filters"])[1]
        ]
    if errors:
        raise Invalid(errors[0].detail, code=errors[0].code, errors=errors)
    return {name: value for name, value in asked.items() if value is not None and name != "trigger"}


def start_entity(session: Session, entity: str, asked: Mapping[str, Any], *, trigger: str = "api") -> Started:
    """The run of the one active pipeline of an entity. Raises PipelineNotFound, PipelineAmbiguous."""
    found = pipelines.of_entity(session, entity)
    if not found:
        raise PipelineNotFound(entity)
    if len(found) > 1:
        names = [pipeline.name for pipeline in found]
        raise PipelineAmbiguous(f"Several pipelines load {entity}: {', '.join(names)}.", pipelines=names)
    return start(session, found[0], asked, trigger=trigger)


def _moment(name: str, given: Any, errors: list[FieldError]) -> date | datetime | None:
    try:
        return read_moment_bound(given)
    except ValueError as wrong:
        errors.append(FieldError(f"/{name}", "invalid_date", str(wrong)))
        return None


def _first(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else first_second(moment).astimezone(UTC)


def _last(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else last_second(moment).astimezone(UTC)
