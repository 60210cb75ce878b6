"""Constraints as they stand, compared with what is wanted of them, and measured."""

import sys
from collections import Counter
from typing import Any

import rich_click as click

from services.validation.commands.far import Far, for_no_tenant, on_either_side
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
from services.validation.operations.constraints.standing import Guarded, differs, guarded, standing
from services.validation.queries.integrity.scanning import scan_all
from shared.db import Database
from shared.tenancy import Context

rule_option = click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
all_option = click.option("--all", "everything", is_flag=True, help="All rules that the database keeps.")


@click.group("constraints")
def constraints_group() -> None:
    """Rules as constraints of the database: measure, add, validate, enforce, drop."""


@constraints_group.command("list")
@rule_option
@for_no_tenant
def list_constraints(doors: Doors, *, far: Far | None, rules: tuple[str, ...], as_json: bool) -> None:
    """Shows how each constraint stands."""
    _tell_standing(_standing(doors, far, rules), as_json=as_json)


@constraints_group.command("assert")
@rule_option
@for_no_tenant
def assert_constraints(doors: Doors, *, far: Far | None, rules: tuple[str, ...], as_json: bool) -> None:
    """Compares the database with what is wanted of it: 3 where they differ."""
    wrong = [row for row in _standing(doors, far, rules) if differs(row)]
    _tell_standing(wrong, as_json=as_json)
    sys.exit(FINDINGS if wrong else OK)


@constraints_group.command("measure")
@rule_option
@all_option
@on_either_side
def measure(
    doors: Doors, *, far: Far | None, rules: tuple[str, ...], everything: bool, tenant: str | None, as_json: bool
) -> None:
    """Counts the rows that break these rules: 3 where there are any."""
    chosen = demanded(rules, everything)
    found = measured(list(visits(doors, tenant)), chosen) if far is None else _measured_there(far, chosen)
    if as_json:
        print_json(found)
    else:
        for name, number in found.items():
            click.echo(f"{name}: {number}")
    sys.exit(FINDINGS if any(found.values()) else OK)


def measured(tenants: list[Visit], chosen: list[Guarded]) -> dict[str, int]:
    planned = [Planned(place, one.rule_set, one.rule) for place, one in enumerate(chosen)]
    found: Counter[int] = Counter()
    for visit in tenants:
        with visit.unit() as session:
            tallies = scan_all(session, planned, Options(samples=0))
            found.update({place: tally.found for place, tally in tallies.items()})
    return {one.constraint.name: found[place] for place, one in enumerate(chosen)}


def _measured_there(far: Far, chosen: list[Guarded]) -> dict[str, int]:
    """By a run like any other, of the tenant whom the token names."""
    sets = list(dict.fromkeys(one.rule_set for one in chosen))
    run = far.run("integrity-runs", {"rules": [one.rule.id for one in chosen], "rule_sets": sets, "samples": 0})
    found = {(each["rule_set"], each["rule"]): each["found"] for each in run["rules"]}
    return {one.constraint.name: found[one.rule_set, one.rule.id] for one in chosen}


def _standing(doors: Doors, far: Far | None, rules: tuple[str, ...]) -> list[dict[str, Any]]:
    chosen = _chosen(rules)
    if far is None:
        return rows_of(owner_of(doors), chosen)
    names = {one.constraint.name for one in chosen}
    return [row for row in far.call("GET", "constraints")["results"] if row["constraint"] in names]


def _tell_standing(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['constraint']}: {row['state']}, wanted: {row['wanted']}")


def rows_of(owner: Database, chosen: list[Guarded]) -> list[dict[str, Any]]:
    with owner.transaction(Context(tenant_id=None)) as session:
        return standing(session, chosen, of_tenant=False)


def _chosen(rules: tuple[str, ...]) -> list[Guarded]:
    known = guarded()
    unknown = set(rules) - {name for one in known for name in one.names}
    if unknown:
        fail(f"no constraint of the database keeps {', '.join(sorted(unknown))}", code=USAGE)
    return [one for one in known if not rules or one.names.intersection(rules)]


def demanded(rules: tuple[str, ...], everything: bool) -> list[Guarded]:
    if not rules and not everything:
        fail("name rules by --rule, or say --all", code=USAGE)
    return _chosen(rules)


def owner_of(doors: Doors) -> Database:
    """Who owns the tables; only this role may change them."""
    settings = settings_of(doors)
    if settings.owner_url is None:
        fail("CONCORD_VALIDATION_OWNER_URL is not set", code=FAILED)
    return Database(settings.owner_url.get_secret_value(), pooled=False, service=settings.service)
