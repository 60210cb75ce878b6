"""Commands about what is wrong with stored rows: look, repair, undo, release."""

import sys
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import rich_click as click

from services.validation.commands.far import Far, on_either_side
from services.validation.commands.tenants import (
    FAILED,
    FINDINGS,
    OK,
    USAGE,
    Doors,
    Visit,
    fail,
    print_json,
    visits,
)
from services.validation.commands.written import report_text
from services.validation.domain.integrity.options import ALL, DEFAULT_SETS, MAX_SAMPLES, Mode, Options
from services.validation.models import QuarantineEntry
from services.validation.models.registry import built_in
from services.validation.operations.integrity import asking, choosing, quarantine, reporting, undoing
from services.validation.operations.integrity.adding_up import added_up
from services.validation.operations.integrity.running import carry_out
from services.validation.operations.integrity.steps import Direct
from shared.errors import DomainError, NotFound

CODES = (OK, FAILED, USAGE, FINDINGS)


@click.command("validate_data_integrity")
@click.option("--fix", "fixes", is_flag=True, help="Repairs what has a repair.")
@click.option("--fix-rule", "fix_rules", multiple=True, metavar="ID", help="Repairs only this rule; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Shows what a repair would change, and writes nothing.")
@click.option("--verbose", is_flag=True, help="Lists failing rows.")
@click.option("--samples", type=click.IntRange(0, MAX_SAMPLES), help="Failing rows that are listed for each rule.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
@click.option("--rule-set", "rule_sets", multiple=True, metavar="NAME", help="The sets.  [default: core, ledger]")
@click.option("--status", "statuses", multiple=True, metavar="CODE", help="Only characters in this status.")
@click.option("--chronicle", type=click.IntRange(1), help="Only what belongs to this chronicle.")
@click.option("--quarantine", "sets_apart", is_flag=True, help="Sets rows apart that are not repaired.")
@click.option("--strict", is_flag=True, help="Warnings count as issues.")
@on_either_side
def validate_data_integrity(
    doors: Doors,
    *,
    far: Far | None,
    fixes: bool,
    fix_rules: tuple[str, ...],
    dry_run: bool,
    verbose: bool,
    samples: int | None,
    rules: tuple[str, ...],
    rule_sets: tuple[str, ...],
    statuses: tuple[str, ...],
    chronicle: int | None,
    sets_apart: bool,
    strict: bool,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Looks for rows that break rules: 0 clean, 1 failed to run, 2 wrongly asked, 3 findings."""
    changes = fixes or dry_run or bool(fix_rules)
    options = Options(
        mode=Mode.DRY_RUN if dry_run else Mode.FIX if changes else Mode.CHECK,
        fix_rules=(fix_rules or (ALL,)) if changes else (),
        rules=rules,
        rule_sets=rule_sets or DEFAULT_SETS,
        character_status=statuses,
        chronicle=chronicle,
        samples=samples,
        quarantine=sets_apart,
        strict=strict,
    )
    if far is not None:
        found = far.run("integrity-runs", options.as_dict())
    else:
        _demand_known(options, tenant)
        found = added_up(list(_each_run(visits(doors, tenant), options)), options)
    if as_json:
        print_json(found)
    else:
        click.echo(report_text(found, verbose=verbose or samples is not None, strict=strict))
    sys.exit(found["exit_code"])


def _demand_known(options: Options, tenant: str | None) -> None:
    """Ends the command before anything is looked at, where the built-in sets tell enough to do so."""
    own = [name for name in options.rule_sets if name not in built_in()]
    if own and tenant is None:
        fail(f"{own[0]} is no built-in rule set: name the tenant that has it by --tenant", code=USAGE)
    if not own:
        try:
            choosing.demand_rules([built_in()[name] for name in options.rule_sets], options)
        except DomainError as refusal:
            fail(refusal.detail, code=USAGE)


def _each_run(tenants: Iterator[Visit], options: Options) -> Iterator[dict[str, Any]]:
    for visit in tenants:
        try:
            with visit.unit() as session:
                run_id = asking.ask(session, options).id
            yield _carried_out(visit, run_id) | {"tenant_slug": visit.slug}
        except DomainError as refusal:
            fail(f"{visit.slug}: {refusal.detail}", code=USAGE if refusal.status == 422 else FAILED)


def _carried_out(visit: Visit, run_id: uuid.UUID) -> dict[str, Any]:
    with visit.unit() as session:
        context = session.info["context"]
    carry_out(Direct(visit.db, context), run_id)
    with visit.unit() as session:
        return reporting.document(session, reporting.find(session, run_id))


@click.command("undo")
@click.argument("run", type=click.UUID)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only what was repaired for this rule.")
@click.option("--dry-run", is_flag=True, help="Writes nothing.")
@on_either_side
def undo(
    doors: Doors,
    *,
    far: Far | None,
    run: uuid.UUID,
    rules: tuple[str, ...],
    dry_run: bool,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Gives back what a fix changed, where nobody has changed it since: 3 where rows are left."""
    if far is not None:
        found = far.run(f"integrity-runs/{run}/undo", {"rules": list(rules), "dry_run": dry_run})
    else:
        found = _undone(visits(doors, tenant), run, rules, dry_run=dry_run)
    if as_json:
        print_json(found)
    else:
        _tell_undo(found)
    sys.exit(found["exit_code"])


def _undone(tenants: Iterator[Visit], run: uuid.UUID, rules: tuple[str, ...], *, dry_run: bool) -> dict[str, Any]:
    for visit in tenants:
        try:
            with visit.unit() as session:
                asked = asking.ask_undo(session, undoing.fix_of(session, run), rules=rules, dry_run=dry_run).id
        except NotFound:
            continue
        except DomainError as refusal:
            fail(refusal.detail)
        return _carried_out(visit, asked)
    fail(f"there is no run {run}", code=USAGE)


def _tell_undo(found: dict[str, Any]) -> None:
    click.echo(f"{found['info']['restored']} rows restored")
    for reason in undoing.REASONS:
        for row in found["info"][reason]:
            click.echo(f"left ({reason}): {row['table']} {row['id']} ({row['rule']})")


@click.group("quarantine")
def quarantine_group() -> None:
    """Rows that are set apart."""


@quarantine_group.command("list")
@on_either_side
def list_entries(doors: Doors, *, far: Far | None, tenant: str | None, as_json: bool) -> None:
    """Lists open entries: 3 if there are any."""
    if far is not None:
        rows = list(far.connection.pages("quarantine", state="open", ordering="id"))
    else:
        rows = [row for visit in visits(doors, tenant) for row in _open_entries(visit)]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['id']}: {row['table']} {row['row']} breaks {row['rule']} since {row['since']}")
    sys.exit(FINDINGS if rows else OK)


def _open_entries(visit: Visit) -> Sequence[dict[str, Any]]:
    with visit.unit() as session:
        return [
            {
                "tenant": visit.slug,
                "id": entry.id,
                "table": entry.table_name,
                "row": entry.row_id,
                "rule": entry.rule,
                "since": entry.created_at.isoformat(),
            }
            for entry in quarantine.open_entries(session)
        ]


@quarantine_group.command("release")
@click.argument("entry", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why it is released.")
@on_either_side
def release_entry(doors: Doors, *, far: Far | None, entry: int, reason: str, tenant: str | None, as_json: bool) -> None:
    """Takes a row back although it breaks its rule."""
    if far is not None:
        _tell_release(far.call("POST", f"quarantine/{entry}/release", json={"reason": reason}), as_json=as_json)
        return
    if tenant is None:
        raise click.UsageError("On the database --tenant is needed: numbers of entries repeat from tenant to tenant.")
    for visit in visits(doors, tenant):
        try:
            with visit.unit() as session:
                released: QuarantineEntry = quarantine.release(session, entry, reason=reason)
                told = {"id": released.id, "table": released.table_name, "row": released.row_id}
        except DomainError as refusal:
            fail(refusal.detail)
        _tell_release(told, as_json=as_json)


def _tell_release(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        click.echo(f"{told['table']} {told['row']} released")
