"""Commands that bring rules into the database step by step, and take one out again."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import rich_click as click
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.validation.commands.tenants import (
    FAILED,
    FINDINGS,
    OK,
    USAGE,
    Doors,
    Visit,
    fail,
    print_json,
    settings_of,
    visits,
)
from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.models import AuditEvent
from services.validation.operations.constraints import stepping
from services.validation.operations.constraints.standing import Guarded, differs, guarded, standing
from services.validation.queries.integrity.scanning import scan_all
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.db import Database
from shared.errors import DomainError
from shared.tenancy import Context

Command = Callable[..., Any]
rule_option = click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
all_option = click.option("--all", "everything", is_flag=True, help="All rules that the database keeps.")
dry_option = click.option("--dry-run", is_flag=True, help="Prints the statements, and does nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")


@dataclass
class Told:
    """What a command did, constraint by constraint: a line each at once, or one document at its end."""

    as_json: bool
    rows: list[dict[str, str]] = field(default_factory=list)

    def say(self, constraint: str, outcome: str, text: str = "") -> None:
        self.rows.append({"constraint": constraint, "outcome": outcome} | ({"text": text} if text else {}))
        if not self.as_json:
            click.echo(f"{constraint}: {text or outcome}")

    def end(self, code: int = OK) -> NoReturn:
        if self.as_json:
            print_json(self.rows)
        sys.exit(code)


@click.group("constraints")
def constraints_group() -> None:
    """Rules as constraints of the database: measure, add, validate, enforce, drop."""


@constraints_group.command("list")
@rule_option
@json_option
@click.pass_obj
def list_constraints(doors: Doors, *, rules: tuple[str, ...], as_json: bool) -> None:
    """Shows how each constraint stands."""
    rows = _rows(_owner(doors), _chosen(rules))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['constraint']}: {row['state']}, wanted: {row['wanted']}")


@constraints_group.command("assert")
@rule_option
@json_option
@click.pass_obj
def assert_constraints(doors: Doors, *, rules: tuple[str, ...], as_json: bool) -> None:
    """Compares the database with what is wanted of it: 3 where they differ."""
    wrong = [row for row in _rows(_owner(doors), _chosen(rules)) if differs(row)]
    if as_json:
        print_json(wrong)
    else:
        for row in wrong:
            click.echo(f"{row['constraint']}: {row['state']}, wanted: {row['wanted']}")
    sys.exit(FINDINGS if wrong else OK)


@constraints_group.command("measure")
@rule_option
@all_option
@json_option
@click.pass_obj
def measure(doors: Doors, *, rules: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Counts the rows that break these rules, in all tenants: 3 where there are any."""
    found = _measured(list(visits(doors, None)), _demanded(rules, everything))
    if as_json:
        print_json(found)
    else:
        for name, number in found.items():
            click.echo(f"{name}: {number}")
    sys.exit(FINDINGS if any(found.values()) else OK)


@constraints_group.command("add")
@rule_option
@all_option
@dry_option
@json_option
@click.option("--allow-existing", is_flag=True, help="Also where rows break the rule: these cannot be updated then.")
@click.option("--reason", default="", help="Kept in the audit log.")
@click.pass_obj
def add(
    doors: Doors,
    *,
    rules: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    as_json: bool,
    allow_existing: bool,
    reason: str,
) -> None:
    """Adds constraints for new and changed rows: 3 where rows break them already."""
    chosen, told = _demanded(rules, everything), Told(as_json)
    if dry_run:
        _show(told, {one.constraint.name: one.constraint.ddl for one in chosen})
    tenants, owner = list(visits(doors, None)), _owner(doors)
    if not allow_existing:
        _stop_at_findings(told, tenants, chosen)
    _each(told, tenants, chosen, "added", reason, lambda one: stepping.add(owner, one.constraint, reason=reason))
    told.end()


@constraints_group.command("validate")
@rule_option
@all_option
@dry_option
@json_option
@click.pass_obj
def validate(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """Proves constraints for all rows: 3 where a row breaks one, which stays as it was."""
    chosen, told = _demanded(rules, everything), Told(as_json)
    if dry_run:
        _show(told, _proofs(chosen))
    _validated(told, list(visits(doors, None)), _owner(doors), chosen)
    told.end()


@constraints_group.command("enforce")
@rule_option
@all_option
@dry_option
@json_option
@click.pass_obj
def enforce(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """From now on the absence of these constraints is an alarm."""
    chosen, told = _demanded(rules, everything), Told(as_json)
    if dry_run:  # what is wanted stands in the comment of the table
        _show(told, {one.constraint.name: f"COMMENT ON TABLE {one.rule.table} IS …" for one in chosen})
    tenants, owner = list(visits(doors, None)), _owner(doors)
    _each(told, tenants, chosen, "enforced", "", lambda one: stepping.enforce(owner, one.constraint))
    told.end()


@constraints_group.command("rollout")
@rule_option
@all_option
@dry_option
@json_option
@click.pass_obj
def rollout(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """All steps for rules that are not enforced yet: stops with 3 at the first with findings."""
    owner, told = _owner(doors), Told(as_json)
    open_ones = {row["constraint"] for row in _rows(owner, guarded()) if row["wanted"] != "enforce" or differs(row)}
    chosen = [one for one in _demanded(rules, everything or not rules) if one.constraint.name in open_ones]
    if dry_run:
        _show(told, {one.constraint.name: one.constraint.ddl for one in chosen})
    tenants = list(visits(doors, None))
    for one in chosen:
        _stop_at_findings(told, tenants, [one])
        _each(told, tenants, [one], "added", "rollout", lambda it: stepping.add(owner, it.constraint, reason="rollout"))
        _validated(told, tenants, owner, [one])
        _each(told, tenants, [one], "enforced", "rollout", lambda it: stepping.enforce(owner, it.constraint))
    told.end()


@constraints_group.command("drop")
@rule_option
@all_option
@dry_option
@json_option
@click.option("--scan-only", is_flag=True, help="The API does not check these rules any more either.")
@click.option("--reason", required=True, help="Kept in the audit log.")
@click.pass_obj
def drop(
    doors: Doors,
    *,
    rules: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    as_json: bool,
    scan_only: bool,
    reason: str,
) -> None:
    """Takes constraints out of the database, and nothing else. The API goes on checking their rules."""
    chosen, told = _demanded(rules, everything), Told(as_json)
    if rules and any(one.is_protected for one in chosen):
        fail(f"protected: {', '.join(one.constraint.name for one in chosen if one.is_protected)}")
    chosen = [one for one in chosen if not one.is_protected]
    if dry_run:
        gone = {one.constraint.name: f"ALTER TABLE {one.rule.table} DROP CONSTRAINT" for one in chosen}
        _show(told, {name: f"{statement} {name}" for name, statement in gone.items()})
    tenants, owner = list(visits(doors, None)), _owner(doors)
    _each(
        told,
        tenants,
        chosen,
        "dropped",
        reason,
        lambda one: stepping.drop(owner, one.constraint, reason=reason, scan_only=scan_only),
    )
    told.end()


def _proofs(chosen: list[Guarded]) -> dict[str, str]:
    return {one.constraint.name: one.constraint.validation for one in chosen if one.constraint.validation}


def _validated(told: Told, tenants: list[Visit], owner: Database, chosen: list[Guarded]) -> None:
    for one in chosen:
        if not stepping.validate(owner, one.constraint):
            text = f"rows break it, see concord validation validate --rule {one.rule.id}"
            told.say(one.constraint.name, "findings", text)
            told.end(FINDINGS)
        _each(told, tenants, [one], "validated", "", lambda _one: None)


def _each(
    told: Told, tenants: list[Visit], chosen: list[Guarded], verb: str, reason: str, step: Callable[[Guarded], None]
) -> None:
    for one in chosen:
        try:
            step(one)
        except IntegrityError:
            told.say(one.constraint.name, "findings", "rows break it")
            told.end(FINDINGS)
        except (DomainError, DBAPIError) as failure:
            fail(f"{one.constraint.name}: {getattr(failure, 'detail', None) or getattr(failure, 'orig', failure)}")
        told.say(one.constraint.name, verb)
    entries = [
        Entry(
            f"constraint.{verb}",
            "constraint",
            one.constraint.name,
            event_type=EventType.UPDATED,
            metadata={"reason": reason},
        )
        for one in chosen
    ]
    for visit in tenants:
        with visit.unit() as session:
            record_many(session, AuditEvent, entries)


def _stop_at_findings(told: Told, tenants: list[Visit], chosen: list[Guarded]) -> None:
    broken = {name: number for name, number in _measured(tenants, chosen).items() if number}
    for name, number in broken.items():
        told.say(name, "findings", f"{number} rows break it")
    if broken:
        told.end(FINDINGS)


def _measured(tenants: list[Visit], chosen: list[Guarded]) -> dict[str, int]:
    planned = [Planned(place, one.rule_set, one.rule) for place, one in enumerate(chosen)]
    found: Counter[int] = Counter()
    for visit in tenants:
        with visit.unit() as session:
            tallies = scan_all(session, planned, Options(samples=0))
            found.update({place: tally.found for place, tally in tallies.items()})
    return {one.constraint.name: found[place] for place, one in enumerate(chosen)}


def _rows(owner: Database, chosen: list[Guarded]) -> list[dict[str, Any]]:
    with owner.transaction(Context(tenant_id=None)) as session:
        return standing(session, chosen, of_tenant=False)


def _chosen(rules: tuple[str, ...]) -> list[Guarded]:
    known = guarded()
    unknown = set(rules) - {one.rule.id for one in known}
    if unknown:
        fail(f"no constraint of the database keeps {', '.join(sorted(unknown))}", code=USAGE)
    return [one for one in known if not rules or one.rule.id in rules]


def _demanded(rules: tuple[str, ...], everything: bool) -> list[Guarded]:
    if not rules and not everything:
        fail("name rules by --rule, or say --all", code=USAGE)
    return _chosen(rules)


def _show(told: Told, statements: Mapping[str, str]) -> NoReturn:
    """What would be executed, and nothing of it."""
    if told.as_json:
        print_json([{"constraint": name, "statement": statement} for name, statement in statements.items()])
    else:
        for statement in statements.values():
            click.echo(f"{statement};")
    sys.exit(OK)


def _owner(doors: Doors) -> Database:
    """Who owns the tables; only this role may change them."""
    settings = settings_of(doors)
    if settings.owner_url is None:
        fail("CONCORD_VALIDATION_OWNER_URL is not set", code=FAILED)
    return Database(settings.owner_url.get_secret_value(), pooled=False, service=settings.service)
