"""`concord jobs`: work in the background, of all services at once."""

import sys
from collections.abc import Iterator
from typing import Any

import rich_click as click

from concord.catalogue import installed_names
from shared.connection import (
    CODE_OF_JOB,
    FAILED,
    FINDINGS,
    LATE,
    OK,
    UNREACHABLE,
    USAGE,
    Connection,
    Reach,
    fail,
    print_json,
    reaches_any,
)

STATUSES = ("pending", "running", "completed", "partial_failure", "failed", "cancelled")
_SERVICES = click.option(
    "--service",
    "services",
    multiple=True,
    type=click.Choice(installed_names()),
    help="May be repeated.  [default: all]",
)
_FOLLOW = click.option("--follow", is_flag=True, help="Waits for the end; the exit code says how it ended.")
_TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(0), default=600.0, show_default=True, help="Seconds to wait."
)
_FOLLOWED = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE)


@click.group()
def jobs() -> None:
    """Work in the background, of all services."""


@jobs.command("list")
@_SERVICES
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Only such; may be repeated.")
@click.option("--kind", help="Only of this kind.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Of each service.")
@reaches_any()
def list_jobs(
    reach: Reach, *, services: tuple[str, ...], status: tuple[str, ...], kind: str | None, limit: int, as_json: bool
) -> None:
    """Lists jobs, the newest first."""
    found = []
    for service in services or installed_names():
        with reach(service) as connection:
            page = connection.get("jobs", status=status, kind=kind, limit=limit)["results"]
        found += [{"service": service} | job for job in page]
    found.sort(key=lambda job: job["created_at"], reverse=True)
    if as_json:
        print_json(found)
        return
    for job in found:
        click.echo(_line(job["service"], job))


@jobs.command()
@_SERVICES
@reaches_any()
def summary(reach: Reach, *, services: tuple[str, ...], as_json: bool) -> None:
    """Counts jobs by how they ended."""
    found = {}
    for service in services or installed_names():
        with reach(service) as connection:
            found[service] = connection.get("jobs/summary")
    if as_json:
        print_json(found)
        return
    for service, counts in found.items():
        told = ", ".join(f"{counts[f'{status}_jobs']} {status}" for status in STATUSES if counts[f"{status}_jobs"])
        click.echo(f"{service}: {counts['total_jobs']} jobs{': ' if told else ''}{told}")


@jobs.command()
@click.argument("job_id", type=click.UUID)
@_FOLLOW
@_TIMEOUT
@reaches_any(codes=_FOLLOWED)
def show(reach: Reach, *, job_id: Any, follow: bool, timeout: float, as_json: bool) -> None:
    """Shows a job, and why it failed."""
    for service, connection, job in _where(reach, job_id):
        _end(service, connection, job, follow=follow, timeout=timeout, as_json=as_json)


@jobs.command()
@click.argument("job_id", type=click.UUID)
@_FOLLOW
@_TIMEOUT
@reaches_any(codes=_FOLLOWED)
def retry(reach: Reach, *, job_id: Any, follow: bool, timeout: float, as_json: bool) -> None:
    """Does again what a job did not do; shows the job that does it."""
    for service, connection, _job in _where(reach, job_id):
        answer = connection.call("POST", f"jobs/{job_id}/retry").json()
        job = connection.get(f"jobs/{answer.get('new_job_id') or answer['id']}")
        _end(service, connection, job, follow=follow, timeout=timeout, as_json=as_json)


@jobs.command()
@click.argument("job_id", type=click.UUID)
@reaches_any()
def cancel(reach: Reach, *, job_id: Any, as_json: bool) -> None:
    """Stops a job before its next step."""
    for service, connection, _job in _where(reach, job_id):
        job = connection.call("POST", f"jobs/{job_id}/cancel").json()
        _end(service, connection, job, follow=False, timeout=0, as_json=as_json)


def _where(reach: Reach, job_id: Any) -> Iterator[tuple[str, Connection, dict[str, Any]]]:
    """The one service that knows the job, its connection open while it is used."""
    for service in installed_names():
        with reach(service) as connection:
            answer = connection.call("GET", f"jobs/{job_id}", accepts=(403, 404))
            if answer.is_success:
                yield service, connection, answer.json()
                return
    fail(f"no service has a job {job_id} that you may see")


def _end(
    service: str, connection: Connection, job: dict[str, Any], *, follow: bool, timeout: float, as_json: bool
) -> None:
    if follow:
        job = connection.follow(job["id"], seconds=timeout)
    if as_json:
        print_json({"service": service} | job)
    else:
        click.echo(_line(service, job))
        for fault in [job["error"]] if job.get("error") else []:
            click.echo(f"  {fault.get('code', 'failed')}: {fault.get('detail') or fault.get('message') or fault}")
    sys.exit(CODE_OF_JOB[job["status"]] if follow else OK)


def _line(service: str, job: dict[str, Any]) -> str:
    counts = f"{job['processed']} of {job['total']}" if job.get("total") else ""
    return f"{job['id']}  {job['created_at']:.19}  {service}  {job['kind']}  {job['status']}  {counts}".rstrip()
