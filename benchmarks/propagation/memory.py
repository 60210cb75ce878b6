"""Peak memory of a worker, measured in a process of its own: `python -m benchmarks.propagation.memory TENANT …`."""

import json
import subprocess
import sys
import uuid

from benchmarks.measuring import own_peak_mib
from benchmarks.propagation.service import Service
from services.propagation.config import Settings
from services.propagation.operations.runs.request import RunRequest
from shared import logging
from shared.tenancy import Context


def peak_mib(service: Service, request: RunRequest) -> float:
    """Of a fresh process that applies the request."""
    command = [sys.executable, "-m", __name__, str(service.context.tenant_id), json.dumps(request.as_json())]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(tenant: str, request: str) -> None:
    logging.configure("ERROR")
    settings = Settings()  # type: ignore[call-arg]  # the parent set the environment
    context = Context(tenant_id=uuid.UUID(tenant), actor="bench", actor_name="Bench")
    Service(settings, context).apply(RunRequest.from_json(json.loads(request)))
    print(own_peak_mib())


if __name__ == "__main__":
    main(*sys.argv[1:])
