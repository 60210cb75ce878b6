"""Peak memory by the size of the tree: of a worker that applies a change, and of a web process that sends a preview of
it as CSV, each in a process of its own: `python -m benchmarks.propagation.memory TOKEN DETAIL VALUE`."""

import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.measuring import own_peak_mib
from benchmarks.propagation.calling import Caller, Workers
from benchmarks.propagation.suite import Bench
from services.propagation.app import create_app
from services.propagation.config import Settings
from shared import logging
from tests.fixtures.people import Person

HEAD = "| strings | worker that applies a change: peak MiB | its wall s | web process that sends a preview as CSV |"


class Peak(NamedTuple):
    """In MiB, imports included."""

    strings: int
    worker: float
    seconds: float
    preview: float


def measure(bench: Bench, caller: Caller, levels: Sequence[int]) -> list[Peak]:
    """The smallest subtree first; `levels` are those of their roots."""
    caller.configure(background_processing_threshold=1)
    return [_peak(bench, caller, level) for level in levels]


def _peak(bench: Bench, caller: Caller, level: int) -> Peak:
    target = bench.target(level, 1)
    item = bench.service.request(target.root, dimension=1, value=f"v1x{level}").items[0]
    command = [sys.executable, "-m", __name__, caller.person.token, str(item.detail_id), str(item.value_id)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert int(told[1]) == target.strings + 2, told  # a line for each, for the one that is named, and for the columns
    assert bench.service.context.tenant_id is not None
    with Workers.started(bench.service.context.tenant_id, 1) as alone, caller.meter.measuring(1) as cost:
        answer = caller.call("PATCH", f"string-details/{item.detail_id}", {"dimension_value": item.value_id})
        _cpu, peak = alone.drain(1)
    job = caller.job(answer["propagation_summary"]["job_id"])
    assert job["processed_strings"] == target.strings + 1, job
    bench.tidy()
    return Peak(target.strings, peak, cost.seconds, float(told[0]))


def table(peaks: Sequence[Peak]) -> str:
    lines = [HEAD, "|" + "---|" * HEAD.count(" | ") + "---|"]
    lines += [f"| {one.strings:,} | {one.worker:.0f} | {one.seconds:.1f} | {one.preview:.0f} |" for one in peaks]
    return "\n".join(lines)


def main(token: str, detail: str, value: str) -> None:
    """What a web process does; its peak and the lines that it sent."""
    logging.configure("ERROR")
    app = create_app(Settings())  # type: ignore[call-arg]  # the environment has the required ones
    person = Person(app.test_client(), "/api/propagation/v1", token)
    body = {"string_detail_updates": [{"string_detail_id": int(detail), "dimension_value": int(value)}]}
    response = person.post("string-details/analyze_impact", body, headers={"Accept": "text/csv"})
    lines = sum(piece.count(b"\n") for piece in response.iter_encoded())
    print(own_peak_mib(), lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
