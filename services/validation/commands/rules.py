"""Commands for rule sets: checked, shown, documented, taken in and out, and records judged by them."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

import orjson
import rich_click as click
import yaml

from services.validation.commands.far import Far, for_one_tenant
from services.validation.commands.tenants import FINDINGS, USAGE, Doors, Visit, fail, print_json, visits
from services.validation.definitions.documents import Document
from services.validation.domain.rules.documenting import markdown
from services.validation.errors import DefinitionError, InvalidDefinition
from services.validation.models.registry import built_in
from services.validation.operations.rule_sets import storing
from services.validation.operations.rule_sets.evaluating import MAX_RECORDS
from services.validation.operations.rule_sets.evaluating import evaluate as evaluated
from services.validation.operations.rule_sets.finding import Found, find
from shared.errors import DomainError

TOLD = 50
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DEMO = "demo"
BATCH_BYTES = 8 * 2**20
Judge = Callable[[dict[str, Any]], Any]
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
@json_option
@for_one_tenant
def show(
    doors: Doors,
    *,
    far: Far | None,
    name: str,
    tenant: str | None,
    as_json: bool,  # noqa: ARG001 - there is no other form
) -> None:
    """A set with its definition, as JSON."""
    found = _definition(doors, far, name, tenant)
    print_json({member: found[member] for member in ("name", "version", "definition")})


@rules.command()
@click.argument("name")
@json_option
@for_one_tenant
def docs(doors: Doors, *, far: Far | None, name: str, tenant: str | None, as_json: bool) -> None:
    """A set as a page for people, in Markdown."""
    if far is None:
        found = _found(doors, name, tenant)
        version, page = found.number, markdown(found.rules)
    else:
        answer = far.connection.call("GET", f"rule-sets/{name}/docs", params={"format": "markdown"})
        version, page = _definition(doors, far, name, tenant)["version"], answer.text
    if as_json:
        print_json({"name": name, "version": version, "markdown": page})
    else:
        click.echo(page)


@rules.command("export")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON, which an import takes as well.")
@for_one_tenant
def export_set(doors: Doors, *, far: Far | None, name: str, tenant: str | None, as_json: bool) -> None:
    """The definition of a set, as YAML."""
    source = _definition(doors, far, name, tenant)["definition"]
    if as_json:
        print_json(source)
        return
    click.echo(yaml.safe_dump(source, sort_keys=False, allow_unicode=True), nl=False)


@rules.command("import")
@click.argument("file", type=FILE)
@json_option
@for_one_tenant
def import_set(doors: Doors, *, far: Far | None, file: Path, tenant: str | None, as_json: bool) -> None:
    """Stores a definition as the newest version of the set that it names."""
    try:
        document = storing.document_of(text := file.read_bytes())
        name = storing.read_document(document).name
        if far is None:
            stored = _stored(_visit(doors, tenant), name, document)
        else:
            headers = {"Content-Type": "application/yaml"}
            stored = far.connection.call("PUT", f"rule-sets/{name}", content=text, headers=headers).json()
    except DomainError as refusal:
        _refuse(refusal)
    if as_json:
        print_json({member: stored[member] for member in ("name", "version")})
    else:
        click.echo(f"{stored['name']} version {stored['version']}")


@click.command("evaluate")
@click.argument("name", metavar="SET")
@click.argument("file", type=click.File("rb"))
@click.option("--version", type=click.IntRange(1), help="Of the set.  [default: the newest]")
@json_option
@for_one_tenant
def evaluate(
    doors: Doors,
    *,
    far: Far | None,
    name: str,
    file: IO[bytes],
    version: int | None,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Judges records, one JSON object a line, in batches of 5000. Exit code 3 if records fail."""
    judge = _judge(_visit(doors, tenant), name) if far is None else _judge_there(far, name)
    total, first = Counter[str](), list[dict[str, Any]]()
    for start, records in _batches(file):
        body = {"records": records, "detail": "failures", "failure_limit": max(0, TOLD - len(first))}
        found = judge(body | ({} if version is None else {"version": version}))
        total.update({figure: found[figure] for figure in ("records", "passed", "failed", "warned")})
        first += [failure | {"line": start + failure.pop("index") + 1} for failure in found["failures"]]
    _report(total, first, as_json=as_json)
    sys.exit(FINDINGS if total["failed"] else 0)


def _judge(visit: Visit, name: str) -> Judge:
    def judge(body: dict[str, Any]) -> Any:
        try:
            with visit.unit() as session:
                return evaluated(session, find(session, name, number=body.get("version")), body)
        except DomainError as refusal:
            _refuse(refusal)

    return judge


def _judge_there(far: Far, name: str) -> Judge:
    return lambda body: far.connection.call("POST", f"rule-sets/{name}/evaluate", json=body).json()


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
    """Batches that a request can carry, with the number of lines before them. A line that is no JSON is a record of the
    wrong shape."""
    start, size, records = 0, 0, list[Any]()
    for line in file:
        if records and (len(records) == MAX_RECORDS or size + len(line) > BATCH_BYTES):
            yield start, records
            start, size, records = start + len(records), 0, []
        records.append(_record(line))
        size += len(line)
    if records:
        yield start, records


def _record(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _stored(visit: Visit, name: str, document: Document) -> dict[str, Any]:
    with visit.unit() as session:
        row, _is_new = storing.put(session, name, document, row=storing.present(session, name))
        return {"name": row.name, "version": row.latest}


def _definition(doors: Doors, far: Far | None, name: str, tenant: str | None) -> dict[str, Any]:
    """Name, version and definition of a set."""
    if far is not None:
        there: dict[str, Any] = far.connection.get(f"rule-sets/{name}")
        return there
    found = _found(doors, name, tenant)
    return {"name": name, "version": found.number, "definition": storing.plain(found.rules.source)}


def _found(doors: Doors, name: str, tenant: str | None) -> Found:
    """A built-in set is found without a database."""
    if name in built_in():
        return Found(built_in()[name], 1)
    try:
        with _visit(doors, tenant).unit() as session:
            return find(session, name)
    except DomainError as refusal:
        _refuse(refusal)


def _visit(doors: Doors, tenant: str | None) -> Visit:
    return next(visits(doors, tenant or DEMO))


def _refuse(refusal: DomainError) -> NoReturn:
    text = refusal.detail + "".join(f"\n  {_told(fault)}" for fault in refusal.errors[1:20])
    fail(text, code=USAGE if isinstance(refusal, InvalidDefinition) else 1)


def _told(fault: Any) -> str:
    rule = getattr(fault, "rule", None)
    return f"{rule}: {fault.detail}" if rule else str(fault.detail)
