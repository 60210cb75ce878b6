"""Edits of the structure that make names again: carried out in the request, or by a worker from the threshold on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.domain.dependencies import NO_DEPENDENCIES
from services.propagation.domain.error_handling import ErrorHandling, Outcome, RunStatus
from services.propagation.domain.failures import Failure
from services.propagation.domain.settings import Mode, run_options
from services.propagation.domain.wave import Scope
from services.propagation.errors import ApprovalUnavailable, ConfirmationRequired, ConfirmationStale, RolledBack
from services.propagation.models import Job
from services.propagation.operations.choices import Choice, refusal, resolve_choices
from services.propagation.operations.runs import approving, edited_rows, halving, impact, job_rows, recording, summary
from services.propagation.operations.runs.applying import PlanOutdated, Record
from services.propagation.operations.runs.halving import StringsRefused
from services.propagation.operations.runs.preparing import Prepared, settings_for
from services.propagation.operations.runs.regenerating import Edit, SelectionWalk, write_projections
from services.propagation.operations.runs.request import Environment, RunRequest
from services.propagation.operations.runs.running import Care, check_names
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries import walk as queries
from shared.db import keep_on_rollback, plan_for_lookups
from shared.errors import Busy

ATTEMPTS = 5


@dataclass
class Edited:
    """What came of an edit. `row` is the resource as it is now, None where it is gone; no `job` where no name
    changes."""

    row: Any
    prepared: Prepared
    wanted: Tally
    applied: Tally
    job: Job | None = None
    is_pending: bool = False

    @property
    def pending(self) -> Job | None:
        """The job, if a worker has it."""
        return self.job if self.is_pending else None


def propagation_summary(session: Session, edited: Edited) -> dict[str, Any]:
    """How an edit went, the names that followed from it included."""
    status = "pending" if edited.is_pending else str(edited.job.status) if edited.job else "unchanged"
    return summary.propagation_summary(
        session,
        edited.prepared,
        edited.job,
        wanted=edited.wanted,
        done=None if edited.is_pending else edited.applied,
        status=status if edited.prepared.options.regenerate else "disabled",
    )


def enact(
    session: Session,
    edit: Edit,
    options: dict[str, Any],
    environment: Environment,
    *,
    token: str | None,
    retry_of: str | None = None,
) -> Edited:
    """Carries the edit out once nobody needs to see it before; else leaves it to an approval. Raises what `carry_out`
    and `_confirm` raise."""
    waiting = _confirm(session, _request(edit, options, retry_of=retry_of), environment, token=token)
    return waiting or carry_out(session, edit, options, environment)


def store(session: Session, edit: Edit, options: dict[str, Any], environment: Environment) -> Edited:
    """Stores an edit that no name follows from."""
    row = edited_rows.perform(session, edit)
    return Edited(row, prepare_edit(session, _request(edit, options), environment), Tally(), Tally())


def carry_out(
    session: Session,
    edit: Edit,
    options: dict[str, Any],
    environment: Environment,
    *,
    undo_of: str | None = None,
) -> Edited:
    """Edits the structure and makes the names concerned again, all in this transaction or all in a worker.

    Raises RolledBack if a name cannot be made and the request asked for all or nothing.
    """
    request = _request(edit, options, undo_of=undo_of)
    races, care = 0, Care()
    while races < ATTEMPTS:
        try:
            return _try(session, edit, request, environment, care)
        except PlanOutdated:
            races += 1
        except (StringsRefused, DBAPIError, psycopg.Error) as failure:
            if not care.learns(failure):
                raise
    raise Busy("Others keep changing the same strings; try again.")


def _request(edit: Edit, options: dict[str, Any], *, undo_of: str | None = None, **more: Any) -> RunRequest:
    trigger = "undo" if undo_of else {"dimension_value": "dimension_value_change"}.get(edit.table, "rule_change")
    direct_type = "rollback" if undo_of else "regeneration"
    return RunRequest(trigger, (), options, direct_type=direct_type, edit=edit.as_json(), undo_of=undo_of, **more)


def _try(session: Session, edit: Edit, request: RunRequest, environment: Environment, care: Care) -> Edited:
    savepoint = session.begin_nested()
    try:
        row = edited_rows.perform(session, edit)
        edit, request = _with_row(edit, request, row)
        prepared = care.over(prepare_edit(session, request, environment))
        walk, wanted, planned = selection(session, edit, prepared), Tally(), list[Planned]()
        threshold = prepared.options.background_threshold
        while not walk.is_done and wanted.total < threshold:
            planned.append(walk.next_wave(session, size=max(2 * threshold, 200)))
            wanted.add(planned[-1])
        if wanted.total >= threshold:
            at_most = wanted.total + walk.count_on(session, enough=environment.heavy_threshold)
            savepoint.rollback()
            session.expire_all()
            if edit.action == "create":  # the row is gone again; a worker makes it anew
                edit = replace(edit, row_id=None)
                prepared.request = replace(request, edit=edit.as_json())
            job = job_rows.submit(session, prepared, environment, total=wanted.total, at_most=at_most)
            return Edited(edited_rows.stored(session, edit), prepared, wanted, Tally(), job, is_pending=True)
        if wanted.left_out and prepared.options.error_handling is not ErrorHandling.CONTINUE:
            savepoint.rollback()
            _refuse(session, prepared, wanted)
        edited = _apply(session, edit, Edited(row, prepared, wanted, Tally()), planned)
        savepoint.commit()
        return edited
    except (PlanOutdated, StringsRefused, DBAPIError, psycopg.Error):
        savepoint.rollback()
        session.expire_all()
        raise


def _with_row(edit: Edit, request: RunRequest, row: Any) -> tuple[Edit, RunRequest]:
    """A row that the edit has made gets its place in the request, so that the edit can be taken back."""
    if edit.action != "create" or row is None:
        return edit, request
    edit = replace(edit, row_id=row.id)
    return edit, replace(request, edit=edit.as_json())


def _apply(session: Session, edit: Edit, edited: Edited, planned: list[Planned]) -> Edited:
    prepared, wanted = edited.prepared, edited.wanted
    if wanted.total and prepared.options.regenerate:
        edited.job = job_rows.open_here(session, prepared)
    record = _record(prepared, edited.job.id if edited.job else uuid.uuid4())
    for wave in planned:
        apply_wave(session, wave, record)
        edited.applied.add(wave)
    check_names(session)
    edited.row = edited_rows.conclude(session, edit) if edit.replace_with else edited.row
    if edited.job is not None:
        for wave in planned:
            recording.record_left_out(session, edited.job.id, wave.plan)
        status = RunStatus.PARTIAL_FAILURE if wanted.left_out else RunStatus.COMPLETED
        if wanted.left_out and not edited.applied.processed:
            status = RunStatus.FAILED
        job_rows.close(session, edited.job, prepared, wanted, edited.applied, Outcome({}, (), status))
    return edited


def _record(prepared: Prepared, job_id: uuid.UUID) -> Record:
    return Record(job_id, prepared.request.direct_type, is_careful=prepared.is_careful)


def apply_wave(session: Session, wave: Planned, record: Record) -> None:
    halving.apply(session, wave, record)
    write_projections(session, wave)


def prepare_edit(session: Session, request: RunRequest, environment: Environment) -> Prepared:
    """The settings and the rules as they are after the edit."""
    settings = settings_for(session, environment, request.options)
    options = run_options(settings)
    edit = Edit.from_json(request.edit or {})
    # A value that takes the place of another is a choice; a new name of the same value is none.
    chosen = [edit.dimension_id] if edit.replace_with is not None and edit.dimension_id is not None else []
    scope = Scope(
        levels=queries.rule_levels(session),
        rules={},
        propagate=False,
        regenerate=options.regenerate,
        dependencies=queries.dependencies(session, chosen) if chosen else NO_DEPENDENCIES,
    )
    plan_for_lookups(session)
    return Prepared(request, settings, options, scope, {}, [], {})


def selection(session: Session, edit: Edit, prepared: Prepared) -> SelectionWalk:
    """The strings concerned. Raises the refusal of a value that may not be chosen as a replacement."""
    walk = SelectionWalk(edit, prepared.scope, refused=prepared.unwritable)
    if edit.replace_with is not None and edit.dimension_id is not None:
        (found,) = resolve_choices(session, [Choice(edit.dimension_id, edit.replace_with)])
        if isinstance(found, Failure):
            raise refusal(found, "/replace_with")
        walk.replacement = found
    return walk


def _refuse(session: Session, prepared: Prepared, wanted: Tally) -> None:
    job_id = uuid.uuid4()
    outcome = Outcome({}, (), RunStatus.FAILED)
    keep_on_rollback(session, lambda kept: job_rows.keep_failed(kept, job_id, prepared, wanted, outcome))
    run_errors = [
        {
            "string_id": left.node.id,
            "error_type": str(left.failure.error_type),
            "code": left.failure.code,
            "error": left.failure.message,
        }
        for left in wanted.left_out[:20]
    ]
    raise RolledBack("Names cannot be made again, so nothing was changed.", job_id=str(job_id), run_errors=run_errors)


def preview(session: Session, edit: Edit, options: dict[str, Any], environment: Environment) -> tuple[Prepared, Tally]:
    """What the edit would do; everything is rolled back."""
    return _preview(session, edit, _request(edit, options), environment)


def _preview(session: Session, edit: Edit, request: RunRequest, environment: Environment) -> tuple[Prepared, Tally]:
    savepoint = session.begin_nested()
    try:
        edited_rows.perform(session, edit)
        prepared = prepare_edit(session, request, environment)
        tally = Tally()
        for wave in selection(session, edit, prepared).waves(session, size=environment.chunk_size):
            tally.add(wave)
    finally:
        savepoint.rollback()
        session.expire_all()
    return prepared, tally


def _confirm(session: Session, request: RunRequest, environment: Environment, *, token: str | None) -> Edited | None:
    """In prompt mode an edit that changes names needs an approval where somebody can be asked for one, else the token
    of its preview; a token sent in any mode makes it do exactly what was shown, or nothing. The edit that now waits for
    its approval, if it does. Raises ConfirmationRequired, ConfirmationStale, ConfirmationMismatch, ApprovalUnavailable.
    """
    prompts = settings_for(session, environment, request.options)["propagation_mode"].value == Mode.PROMPT
    wish = request.options.get("request_approval")
    if wish and not environment.has_approvals:
        raise ApprovalUnavailable("There is no workflow service here that could be asked for an approval.")
    if token is None and not prompts and not wish:
        return None
    edit = Edit.from_json(request.edit or {})
    prepared, tally = _preview(session, edit, request, environment)
    if token is not None and impact.read_token(session, token, prepared, environment) != tally.seen:
        raise impact.outdated(session, prepared, tally, environment)
    if tally.affected and (wish or (token is None and wish is None and environment.has_approvals)):
        prepared.request = replace(request, needs_approval=True)
        job = approving.ask(session, prepared, tally, environment)
        return Edited(edited_rows.stored(session, edit), prepared, tally, Tally(), job, is_pending=True)
    if tally.affected and token is None and prompts:
        shown = impact.analysis(session, prepared, tally, environment)
        raise ConfirmationRequired(
            f"{tally.affected} names would change; send the same request with the confirm token.",
            impact_analysis=shown,
            confirm_token=shown["confirm_token"],
            expires_at=shown["expires_at"],
        )
    return None


def undo(session: Session, old: Job, edit: Edit, options: dict[str, Any], environment: Environment) -> Job:
    """Takes an edit back, and with it the names."""
    edited = carry_out(session, edit.inverse, options, environment, undo_of=str(old.id))
    if edited.job is None:  # every name is right already
        edited.job = job_rows.open_here(session, edited.prepared)
        outcome = Outcome({}, (), RunStatus.COMPLETED)
        job_rows.close(session, edited.job, edited.prepared, edited.wanted, edited.applied, outcome)
    return edited.job


def retry(session: Session, old: Job, request: RunRequest, environment: Environment) -> Job | None:
    """What the run of an edit did not do. Where the edit itself was made only names are left to make; what nobody
    approved is asked for again, as it is now."""
    edit, retry_of = Edit.from_json(request.edit or {}), str(old.id)
    was_made = old.processing_method == "synchronous" or (old.payload or {}).get("edited")
    if not was_made:
        return enact(session, edit, request.options, environment, token=None, retry_of=retry_of).job
    rest = replace(edit, action="update", values={}) if edit.replace_with is None else edit
    return carry_out(session, rest, request.options, environment).job


def step(
    session: Session, job: Job, payload: Mapping[str, Any], environment: Environment, care: Care
) -> tuple[dict[str, Any], Tally, bool]:
    """One wave of an edit in a worker: the payload that the next step begins with, what was done, and whether that
    was all. The edit itself is in the first step; all or nothing is one step."""
    request = RunRequest.from_json(job.metadata_["request"])
    assert request.edit is not None
    edit = Edit.from_json(request.edit)
    if not payload.get("edited"):
        _demand_as_confirmed(session, edit, request, environment)
        edit, request = _with_row(edit, request, edited_rows.perform(session, edit))
        job.metadata_ = job.metadata_ | {"request": request.as_json()}
        session.execute(
            update(Job).where(Job.tenant_id == job.tenant_id, Job.id == job.id).values(metadata_=job.metadata_),
            execution_options={"synchronize_session": False},
        )
    prepared = care.over(prepare_edit(session, request, environment))
    walk, tally, record = selection(session, edit, prepared), Tally(), _record(prepared, job.id)
    if prepared.options.error_handling is not ErrorHandling.CONTINUE:
        tally = _whole(session, job, walk, tally, record, environment)
        return {"edited": not tally.left_out}, tally, True
    walk.place = payload.get("place", walk.place)
    wave = walk.next_wave(session, size=environment.chunk_size)
    apply_wave(session, wave, record)
    recording.record_left_out(session, job.id, wave.plan)
    check_names(session)
    tally.add(wave)
    if walk.is_done and edit.replace_with is not None:
        edited_rows.conclude(session, edit)
    return {"edited": True, "place": walk.place}, tally, walk.is_done


def _demand_as_confirmed(session: Session, edit: Edit, request: RunRequest, environment: Environment) -> None:
    """What was approved is made exactly so, or not at all. Raises ConfirmationStale."""
    if request.confirmed is None:
        return
    _prepared, tally = _preview(session, edit, request, environment)
    if tally.seen != request.confirmed:
        raise ConfirmationStale("What the preview showed has changed since.")


def _whole(
    session: Session, job: Job, walk: SelectionWalk, tally: Tally, record: Record, environment: Environment
) -> Tally:
    """Plans everything before anything is written; a failure takes the edit along."""
    place = list(walk.place)
    for wave in walk.waves(session, size=environment.chunk_size):
        tally.add(wave)
        recording.record_left_out(session, job.id, wave.plan)
    if tally.left_out:
        edited_rows.perform(session, walk.edit.inverse)
        tally.skipped, tally.processed = tally.skipped + tally.processed, 0
        return tally
    walk.place, walk.is_done = place, False
    for wave in walk.waves(session, size=environment.chunk_size):
        apply_wave(session, wave, record)
    check_names(session)
    if walk.edit.replace_with is not None:
        edited_rows.conclude(session, walk.edit)
    return tally
