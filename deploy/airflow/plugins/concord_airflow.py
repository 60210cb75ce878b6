"""Pipelines of Concord as DAGs of Airflow 3: `build` makes one of what `GET …/dag` tells, a task for each pipeline.

It belongs into the plugins folder, where workers and the triggerer find it, and needs nothing that Airflow does not
bring. The connection `concord` has the address of the gateway as its host and a token as its password.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from airflow.sdk import DAG, BaseHook, BaseOperator, Connection, Context, CronTriggerTimetable
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.triggers.base import BaseTrigger, TriggerEvent

CONNECTION = "concord"
# A run that is too long is ended by sync, which knows since when it works; this is for when nobody does.
GRACE = timedelta(minutes=15)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 15.0


def build(path: str, *, connection: str = CONNECTION, **options: Any) -> DAG:
    """The DAG of `pipelines/NAME` (it and all that it depends on) or of `groups/NAME`.

    `options` are for the DAG and win over what is told, as `schedule=None` does where sync keeps the clock.
    """
    with httpx.Client(**_reaching(BaseHook.get_connection(connection))) as concord:
        told = _told(concord.get(f"/api/sync/v1/{path}/dag"))
    due = told["schedule"]
    given: dict[str, Any] = {
        "description": told["description"],
        "schedule": CronTriggerTimetable(due, timezone=told["time_zone"]) if due else None,
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": told["max_active_runs"],
        "tags": ["concord"],
    }
    with DAG(told["dag_id"], **given | options) as dag:
        tasks = {node["id"]: RunPipeline(node=node, connection=connection) for node in told["nodes"]}
        for edge in told["edges"]:
            tasks[edge["from"]] >> tasks[edge["to"]]
    return dag


class RunPipeline(BaseOperator):
    """One run of one pipeline for one DAG run, however often the task is tried: started, or taken up again if somebody
    has cleared the task of a run that failed. While it works no worker waits."""

    def __init__(self, *, node: Mapping[str, Any], connection: str = CONNECTION, **options: Any) -> None:
        super().__init__(**{"task_id": node["id"], "retries": node["retries"]} | options)
        self.node, self.connection = node, connection
        self.run_path: str | None = None

    def execute(self, context: Context) -> None:
        task, start = context["ti"], self.node["start"]
        # An own key for each task of each DAG run: the same request again is answered with the same run.
        key = str(uuid5(NAMESPACE_URL, f"airflow:{task.dag_id}/{task.run_id}/{task.task_id}"))
        with self._concord() as concord:
            asked = {"json": start["body"] | {"trigger": "airflow"}, "headers": {"Idempotency-Key": key}}
            answer = concord.request(start["method"], start["path"], **asked)
            run_id = _told(answer)["id"]
            self.run_path = self.node["result_path"].format(run_id=run_id)
            if "Idempotency-Replayed" in answer.headers:
                self._take_up(concord)
        self.log.info("Run %s of %s", run_id, self.node["pipeline"])
        ended = RunEnded(self.run_path, self.node["wait_path"].format(run_id=run_id), self.connection)
        limit = timedelta(seconds=self.node["timeout_seconds"]) + GRACE
        self.defer(trigger=ended, method_name="judge", timeout=limit)

    def judge(self, context: Context, event: str) -> dict[str, Any]:  # noqa: ARG002 - Airflow passes it by name
        """What becomes of the task, by the run at this path; its XCom has the run's id, status, counters and page."""
        with self._concord() as concord:
            run = _told(concord.get(event))
            page = str(concord.base_url.join(f"/sync/runs/{run['id']}"))
        if run["completed_at"] is None:
            raise AirflowException(f"{page} has not ended")
        if run["status"] not in self.node["accept"]:
            why = (run["error"] or {}).get("message") or run["skip_reason"] or "see its rows"
            # sync has tried again what is worth it.
            raise AirflowFailException(f"{run['pipeline']} {run['status']}: {why} ({page})")
        return {name: run[name] for name in ("id", "status", "stats")} | {"page": page}

    def on_kill(self) -> None:
        """Here a worker still has the task; while it waits the trigger does the same."""
        if self.run_path is not None:
            with self._concord() as concord:
                concord.post(f"{self.run_path}/cancel")

    def _take_up(self, concord: httpx.Client) -> None:
        if _told(concord.get(str(self.run_path)))["status"] in ("failed", "cancelled"):
            _told(concord.post(f"{self.run_path}/resume"))

    def _concord(self) -> httpx.Client:
        return httpx.Client(**_reaching(BaseHook.get_connection(self.connection)))


class RunEnded(BaseTrigger):
    """Fires when the run has ended, well or not, or cannot be asked for any more; the task looks which."""

    def __init__(self, run_path: str, wait_path: str, connection: str = CONNECTION) -> None:
        super().__init__()
        self.run_path, self.wait_path, self.connection = run_path, wait_path, connection

    def serialize(self) -> tuple[str, dict[str, Any]]:
        given = {"run_path": self.run_path, "wait_path": self.wait_path, "connection": self.connection}
        return "concord_airflow.RunEnded", given

    async def run(self) -> AsyncIterator[TriggerEvent]:
        pause = FIRST_PAUSE_SECONDS
        async with await self._concord() as concord:
            while not await self._is_over(concord):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        yield TriggerEvent(self.run_path)

    async def on_kill(self) -> None:
        async with await self._concord() as concord:
            await concord.post(f"{self.run_path}/cancel")

    async def _is_over(self, concord: httpx.AsyncClient) -> bool:
        """Whoever is away or asks for patience is asked again."""
        try:
            answer = await concord.get(self.wait_path)
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.NOT_FOUND:
            return bool(answer.json()["code"] != "job_active")
        return answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS

    async def _concord(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(**_reaching(await BaseHook.aget_connection(self.connection)))


def _reaching(connection: Connection) -> dict[str, Any]:
    """Options of a client; the host may be a whole address, as it is with Airflow's own HTTP connections."""
    host = connection.host or ""
    address = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    if connection.port:
        address += f":{connection.port}"
    return {"base_url": address, "headers": {"Authorization": f"Bearer {connection.password}"}, "timeout": 30.0}


def _told(answer: httpx.Response) -> dict[str, Any]:
    """What was answered. Raises AirflowException with what the problem document says, so that the task is retried."""
    if answer.is_success:
        told: dict[str, Any] = answer.json()
        return told
    is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    problem = answer.json() if is_problem else {"code": answer.reason_phrase, "detail": "no problem document"}
    request = f"{answer.request.method} {answer.request.url}"
    raise AirflowException(f"{request}: {answer.status_code} {problem['code']}: {problem.get('detail')}")
