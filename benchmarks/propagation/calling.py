"""Requests to the web application in this process, and workers in processes of their own."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from benchmarks.measuring import Cost, Meter
from tests.fixtures.people import Person


@dataclass
class Workers:
    """Waiting processes; each does the tenant's jobs when it is told to."""

    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def started(cls, tenant_id: uuid.UUID, number: int) -> Iterator["Workers"]:
        command = [sys.executable, "-m", "benchmarks.propagation.worker", str(tenant_id)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        workers = cls([subprocess.Popen(command, **pipes) for _ in range(number)])
        try:
            for process in workers.processes:
                _answer(process)
            yield workers
        finally:
            for process in workers.processes:
                process.communicate()

    def drain(self, number: int) -> tuple[float, float]:
        """Lets so many of them do everything; CPU seconds of all and the highest peak memory in MiB."""
        chosen = self.processes[:number]
        for process in chosen:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [_answer(process) for process in chosen]
        return sum(facts["cpu"] for facts in told), max(facts["peak_mib"] for facts in told)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    if "peak_mib" not in answer:
        raise RuntimeError(answer)  # a line of its log
    return answer


@dataclass(frozen=True)
class Caller:
    """Somebody with a token who may do everything, and the workers that do what is left to them."""

    person: Person
    workers: Workers
    meter: Meter

    def configure(self, **settings: Any) -> None:
        """The workspace's settings."""
        self.call("PATCH", "settings/workspace", {"settings": settings})

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        response = self.person.call(method, path, body)
        assert response.status_code < 300, (method, path, response.get_data(as_text=True)[:500])
        answer: dict[str, Any] = response.get_json()
        return answer

    def upload(self, path: str, content: bytes, **form: Any) -> dict[str, Any]:
        form["file"] = FileStorage(BytesIO(content), "rows.csv")
        data, _length, boundary = stream_encode_multipart(form, use_tempfile=False)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        response: TestResponse = self.person.call("POST", path, data=data.read(), headers=headers)
        assert response.status_code < 300, response.get_data(as_text=True)[:500]
        answer: dict[str, Any] = response.get_json()
        return answer

    @contextmanager
    def measuring(self, *, workers: int = 0, peak: bool = False) -> Iterator[Cost]:
        """What is called, and then done by so many workers; `items` are set by whoever asked."""
        with self.meter.measuring(1) as cost:
            yield cost
            cpu, mib = self.workers.drain(workers) if workers else (0.0, 0.0)
        cost.client_cpu += cpu
        cost.peak_mib = mib if peak else None

    def job(self, job_id: str) -> Mapping[str, Any]:
        """An ended job that has done everything."""
        job = self.call("GET", f"jobs/{job_id}")
        assert job["status"] == "completed", (job["status"], job["error_message"])
        return job
