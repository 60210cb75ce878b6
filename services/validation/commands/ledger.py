"""Commands that prove the ledger, make balances from it again, and account for every character's experience."""

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

import rich_click as click

from services.validation.commands.far import Far, on_either_side, only_here
from services.validation.commands.tenants import FINDINGS, OK, Doors, Visit, print_json, visits
from services.validation.operations.ledger.verifying import rebuild, verify
from services.validation.queries.ledger.auditing import AuditLine, xp_audit
from shared.tenancy import Context

# Reading all of a large tenant takes longer than any request may.
_SECONDS = 3_600
_COLUMNS = [*(field.name for field in fields(AuditLine)), "issues", "warnings"]

tenant_option = click.option("--tenant", help="Slug or id of one tenant; all of them unless given.")
json_option = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")


@click.group("ledger")
def ledger() -> None:
    """The ledger of experience points."""


@ledger.command("verify")
@on_either_side
def verify_ledger(doors: Doors, *, far: Far | None, tenant: str | None, as_json: bool) -> None:
    """Recomputes every balance and every running value; exit code 3 if something is wrong.

    Over HTTP by an integrity run of the set `ledger`, whose rules are the same.
    """
    found = _verified(visits(doors, tenant)) if far is None else _verified_there(far)
    if as_json:
        print_json({"findings": found})
    else:
        for finding in found:
            first = ", ".join(map(str, finding["ids"]))
            click.echo(f"✗ {finding['tenant']}: {finding['check']}: {finding['count']}, ids {first}")
        click.echo(f"{len(found)} checks failed." if found else "✓ Every balance follows from its entries.")
    sys.exit(FINDINGS if found else OK)


@ledger.command("rebuild")
@tenant_option
@json_option
@only_here("over HTTP `validate --rule-set ledger --fix` makes balances from their entries, and can be undone.")
def rebuild_balances(doors: Doors, *, tenant: str | None, as_json: bool) -> None:
    """Rewrites balances that differ from their entries, a thousand characters a transaction."""
    rebuilt = [{"tenant": visit.slug, "character": each} for visit in visits(doors, tenant) for each in _rebuilt(visit)]
    if as_json:
        print_json({"rebuilt": rebuilt})
    else:
        click.echo(f"{len(rebuilt)} characters had another balance than their entries make.")


@click.command("xp-audit")
@tenant_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="One line per character, as CSV.")
@only_here("over HTTP `characters/{id}/balance` and `xp-transfers` say what it adds up.")
def audit_xp(doors: Doors, *, tenant: str | None, as_json: bool, as_csv: bool) -> None:
    """Accounts for the experience of every character: earned, approved, pending, remaining."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    lines = (line for visit in visits(doors, tenant) for line in _audited(visit))
    if as_csv:
        _write_csv(lines)
    elif as_json:
        print_json({"characters": list(lines)})
    else:
        _tell(lines)


def _verified(tenants: Iterator[Visit]) -> list[dict[str, Any]]:
    """What is wrong, of each tenant in one consistent picture."""
    found = []
    for visit in tenants:
        mine = Context(visit.tenant_id)
        with visit.db.transaction(mine, statement_timeout_seconds=_SECONDS, snapshot=True) as session:
            found += [{"tenant": visit.slug, **asdict(finding)} for finding in verify(session)]
    return found


def _verified_there(far: Far) -> list[dict[str, Any]]:
    run = far.run("integrity-runs", {"rule_sets": ["ledger"]})
    return [
        {
            "tenant": run["tenant"],
            "check": rule["rule"],
            "count": rule["found"],
            "ids": [sample["id"] for sample in rule["samples"]],
        }
        for rule in run["rules"]
        if rule["found"]
    ]


def _rebuilt(visit: Visit) -> Iterator[int]:
    after: int | None = 0
    while after is not None:
        with visit.unit() as session:
            wrong, after = rebuild(session, after)
        yield from wrong


def _audited(visit: Visit) -> Iterator[dict[str, Any]]:
    with visit.db.transaction(Context(visit.tenant_id), statement_timeout_seconds=_SECONDS, snapshot=True) as session:
        for line in xp_audit(session):
            yield {**asdict(line), "issues": line.issues, "warnings": line.warnings}


def _write_csv(lines: Iterator[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, _COLUMNS)
    writer.writeheader()
    for line in lines:
        writer.writerow(line | {name: "; ".join(line[name]) for name in ("issues", "warnings")})


def _tell(lines: Iterator[dict[str, Any]]) -> None:
    """Those that somebody should look at, and the sums."""
    sums = dict.fromkeys(("earned", "approved", "pending", "remaining"), 0)
    count = 0
    for line in lines:
        count += 1
        sums = {name: total + line[name] for name, total in sums.items()}
        for text in [*line["issues"], *line["warnings"]]:
            click.echo(f"{line['character_id']} {line['character_name']}: {text}")
    told = ", ".join(f"{name} {total}" for name, total in sums.items())
    click.echo(f"{count} characters: {told}")
