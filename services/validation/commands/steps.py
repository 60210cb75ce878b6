"""Commands that bring rules into the database step by step, and take one out again."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import rich_click as click
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.validation.commands.constraints import (
    all_option,
    demanded,
    measured,
    owner_of,
    rows_of,
    rule_option,
)
from services.validation.commands.far import only_here
from services.validation.commands.tenants import FINDINGS, OK, Doors, Visit, fail, print_json, visits
from services.validation.commands.written import Values, sample_text
from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.models import AuditEvent
from services.validation.operations.constraints import stepping
from services.validation.operations.constraints.standing import Guarded, differs, guarded, protected
from services.validation.queries.integrity.scanning import scan_all
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.db import Database
from shared.errors import DomainError

dry_option = click.option("--dry-run", is_flag=True, help="Prints the statements, and does nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
by_owner = only_here("constraints are changed as their owner, which no token is.")


@dataclass
class Told:
    """What a command did, constraint by constraint: a line each at once, or one document at its end."""

    as_json: bool
    rows: list[dict[str, Any]] = field(default_factory=list)

    def say(self, constraint: str, outcome: str, text: str = "", samples: Sequence[Values] = ()) -> None:
        said = {"text": text, "samples": list(samples)}
        self.rows.append(
            {"constraint": constraint, "outcome": outcome} | {name: said[name] for name in said if said[name]}
        )
        if not self.as_json:
            click.echo("\n".join([f"{constraint}: {text or outcome}", *(f"  {sample_text(each)}" for each in samples)]))

    def end(self, code: int = OK) -> NoReturn:
        if self.as_json:
            print_json(self.rows)
        sys.exit(code)


@click.command("add")
@rule_option
@all_option
@dry_option
@json_option
@click.option("--allow-existing", is_flag=True, help="Also where rows break the rule: these cannot be updated then.")
@click.option("--reason", default="", help="Kept in the audit log.")
@by_owner
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
    chosen, told = demanded(rules, everything), Told(as_json)
    if dry_run:
        _show(told, {one.constraint.name: one.constraint.ddl for one in chosen})
    tenants, owner = list(visits(doors, None)), owner_of(doors)
    if not allow_existing:
        _stop_at_findings(told, tenants, chosen)
    _each(told, tenants, chosen, "added", reason, lambda one: stepping.add(owner, one.constraint, reason=reason))
    told.end()


@click.command("validate")
@rule_option
@all_option
@dry_option
@json_option
@by_owner
def validate(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """Proves constraints for all rows: 3 where a row breaks one, which stays as it was."""
    chosen, told = demanded(rules, everything), Told(as_json)
    if dry_run:
        _show(told, _proofs(chosen))
    _validated(told, list(visits(doors, None)), owner_of(doors), chosen)
    told.end()


@click.command("enforce")
@rule_option
@all_option
@dry_option
@json_option
@by_owner
def enforce(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """From now on the absence of these constraints is an alarm."""
    chosen, told = demanded(rules, everything), Told(as_json)
    if dry_run:  # what is wanted stands in the comment of the table
        _show(told, {one.constraint.name: f"COMMENT ON TABLE {one.rule.table} IS …" for one in chosen})
    tenants, owner = list(visits(doors, None)), owner_of(doors)
    _each(told, tenants, chosen, "enforced", "", lambda one: stepping.enforce(owner, one.constraint))
    told.end()


@click.command("rollout")
@rule_option
@all_option
@dry_option
@json_option
@by_owner
def rollout(doors: Doors, *, rules: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """All steps for rules that are not enforced yet: stops with 3 at the first with findings."""
    owner, told = owner_of(doors), Told(as_json)
    open_ones = {row["constraint"] for row in rows_of(owner, guarded()) if row["wanted"] != "enforce" or differs(row)}
    chosen = [one for one in demanded(rules, everything or not rules) if one.constraint.name in open_ones]
    if dry_run:
        _show(told, {one.constraint.name: one.constraint.ddl for one in chosen})
    tenants = list(visits(doors, None))
    for one in chosen:
        _stop_at_findings(told, tenants, [one])
        _each(told, tenants, [one], "added", "rollout", lambda it: stepping.add(owner, it.constraint, reason="rollout"))
        _validated(told, tenants, owner, [one])
        _each(told, tenants, [one], "enforced", "rollout", lambda it: stepping.enforce(owner, it.constraint))
    told.end()


@click.command("drop")
@rule_option
@all_option
@dry_option
@json_option
@click.option("--scan-only", is_flag=True, help="The API does not check these rules any more either.")
@click.option("--reason", required=True, help="Kept in the audit log.")
@by_owner
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
    if kept := protected().intersection(rules):
        fail(f"protected: {', '.join(sorted(kept))}")
    chosen, told = demanded(rules, everything), Told(as_json)
    chosen = [one for one in chosen if not one.is_protected]
    if dry_run:
        gone = {one.constraint.name: f"ALTER TABLE {one.rule.table} DROP CONSTRAINT" for one in chosen}
        _show(told, {name: f"{statement} {name}" for name, statement in gone.items()})
    tenants, owner = list(visits(doors, None)), owner_of(doors)
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
            told.say(one.constraint.name, "findings", "rows break it", _samples(tenants, one))
            told.end(FINDINGS)
        _each(told, tenants, [one], "validated", "", lambda _one: None)


def _samples(tenants: list[Visit], one: Guarded) -> list[Values]:
    """The first rows of each tenant that break the rule."""
    found: list[Values] = []
    for visit in tenants:
        with visit.unit() as session:
            (tally,) = scan_all(session, [Planned(0, one.rule_set, one.rule)], Options()).values()
        found += [
            {"tenant": visit.slug, "id": row.row_id, "name": row.name, "field": row.field, "value": row.value}
            for row in tally.samples
        ]
    return found


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
    broken = {name: number for name, number in measured(tenants, chosen).items() if number}
    for name, number in broken.items():
        told.say(name, "findings", f"{number} rows break it")
    if broken:
        told.end(FINDINGS)


def _show(told: Told, statements: Mapping[str, str]) -> NoReturn:
    """What would be executed, and nothing of it."""
    if told.as_json:
        print_json([{"constraint": name, "statement": statement} for name, statement in statements.items()])
    else:
        for statement in statements.values():
            click.echo(f"{statement};")
    sys.exit(OK)
