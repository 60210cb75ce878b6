"""Commands for rule sets: checked, shown, documented, taken in and out, and records judged by them."""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, NoReturn

import orjson
import rich_click as click
import yaml

from services.validation.commands.tenants import FINDINGS, USAGE, Doors, Visit, fail, print_json, visits
from services.validation.domain.rules.documenting import markdown
from services.validation.errors import DefinitionError, InvalidDefinition
from services.validation.models.registry import built_in
from services.validation.operations.rule_sets import storing
from services.validation.operations.rule_sets.evaluating import MAX_RECORDS
from services.validation.operations.rule_sets.evaluating import evaluate as judge
from services.validation.operations.rule_sets.finding import Found, find
from shared.errors import DomainError

TOLD = 50
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
tenant_option = click.option("--tenant", default="demo", show_default=True, help="Slug or id of the tenant.")
json_option = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")


@click.group()
def rules() -> None:
    """Rule sets: built-in ones and those of a tenant."""


@rules.command()
@click.argument("file", type=FILE)
@json_option
def lint(*, file: Path, as_json: bool) -> None:
    """Checks a definition. Exit code 3 if something is wrong with it."""
    faults: list[DefinitionError] = []
    try:
        storing.read_document(storing.document_of(file.read_bytes()))
    except InvalidDefinition as refusal:
        faults = [fault for fault in refusal.errors if isinstance(fault, DefinitionError)]
    if as_json:
        print_json({"valid": not faults, "faults": [fault.as_dict() for fault in faults]})
    for fault in [] if as_json else faults:
        click.echo(f"{file}:{fault.line or 1}:{fault.column or 1}: {_told(fault)}")
    sys.exit(FINDINGS if faults else 0)


@rules.command()
@click.argument("name")
@tenant_option
@json_option
@click.pass_obj
def show(doors: Doors, *, name: str, tenant: str, as_json: bool) -> None:  # noqa: ARG001 - there is no other form
    """A set with its definition, as JSON."""
    found = _found(doors, name, tenant)
    print_json({"name": name, "version": found.number, "definition": storing.plain(found.rules.source)})


@rules.command()
@click.argument("name")
@tenant_option
@json_option
@click.pass_obj
def docs(doors: Doors, *, name: str, tenant: str, as_json: bool) -> None:
    """A set as a page for people, in Markdown."""
    found = _found(doors, name, tenant)
    page = markdown(found.rules)
    if as_json:
        print_json({"name": name, "version": found.number, "markdown": page})
    else:
        click.echo(page)


@rules.command("export")
@click.argument("name")
@tenant_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, which an import takes as well.")
@click.pass_obj
def export_set(doors: Doors, *, name: str, tenant: str, as_json: bool) -> None:
    """The definition of a set, as YAML."""
    source = storing.plain(_found(doors, name, tenant).rules.source)
    if as_json:
        print_json(source)
        return
    click.echo(yaml.safe_dump(source, sort_keys=False, allow_unicode=True), nl=False)


@rules.command("import")
@click.argument("file", type=FILE)
@tenant_option
@json_option
@click.pass_obj
def import_set(doors: Doors, *, file: Path, tenant: str, as_json: bool) -> None:
    """Stores a definition as the newest version of the set that it names."""
    try:
        document = storing.document_of(file.read_bytes())
        name = storing.read_document(document).name
        with _visit(doors, tenant).unit() as session:
            row, _is_new = storing.put(session, name, document, row=storing.present(session, name))
            stored = {"name": row.name, "version": row.latest}
    except DomainError as refusal:
        _refuse(refusal)
    if as_json:
        print_json(stored)
    else:
        click.echo(f"{stored['name']} version {stored['version']}")


@click.command("evaluate")
@click.argument("name", metavar="SET")
@click.argument("file", type=click.File("rb"))
@click.option("--version", type=click.IntRange(1), help="Of the set.  [default: the newest]")
@tenant_option
@json_option
@click.pass_obj
def evaluate(doors: Doors, *, name: str, file: IO[bytes], version: int | None, tenant: str, as_json: bool) -> None:
    """Judges records, one JSON object a line, in batches of 5000. Exit code 3 if records fail."""
    visit, total, first = _visit(doors, tenant), Counter[str](), list[dict[str, Any]]()
    for start, records in _batches(file):
        body = {"records": records, "detail": "failures", "failure_limit": max(0, TOLD - len(first))}
        try:
            with visit.unit() as session:
                found = judge(session, find(session, name, number=version), body)
        except DomainError as refusal:
            _refuse(refusal)
        total.update({figure: found[figure] for figure in ("records", "passed", "failed", "warned")})
        first += [failure | {"line": start + failure.pop("index") + 1} for failure in found["failures"]]
    _report(total, first, as_json=as_json)
    sys.exit(FINDINGS if total["failed"] else 0)


def _report(total: Counter[str], first: list[dict[str, Any]], *, as_json: bool) -> None:
    figures = {name: total[name] for name in ("records", "passed", "failed", "warned")}
    if as_json:
        print_json(figures | {"failures": first})
        return
    for failure in first:
        for violation in failure["violations"]:
            click.echo(f"line {failure['line']}: {violation['rule']}: {violation['message']}")
    click.echo(", ".join(f"{count} {name}" for name, count in figures.items()))


def _batches(file: IO[bytes]) -> Iterator[tuple[int, list[Any]]]:
    """Batches with the number of lines before them. A line that is no JSON is a record of the wrong shape."""
    start = 0
    while lines := list(islice(file, MAX_RECORDS)):
        yield start, [_record(line) for line in lines]
        start += len(lines)


def _record(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _found(doors: Doors, name: str, tenant: str) -> Found:
    """A built-in set is found without a database."""
    if name in built_in():
        return Found(built_in()[name], 1)
    try:
        with _visit(doors, tenant).unit() as session:
            return find(session, name)
    except DomainError as refusal:
        _refuse(refusal)


def _visit(doors: Doors, tenant: str) -> Visit:
    return next(visits(doors, tenant))


def _refuse(refusal: DomainError) -> NoReturn:
    text = refusal.detail + "".join(f"\n  {_told(fault)}" for fault in refusal.errors[1:20])
    fail(text, code=USAGE if isinstance(refusal, InvalidDefinition) else 1)


def _told(fault: Any) -> str:
    rule = getattr(fault, "rule", None)
    return f"{rule}: {fault.detail}" if rule else str(fault.detail)
