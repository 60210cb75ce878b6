"""What the process of a worker brings with it."""

import subprocess
import sys

# For requests, pages and migrations: an eighth of what a worker would weigh before its first job.
ELSEWHERE = {"alembic", "flask", "flask_migrate", "jinja2", "limits", "mako", "marshmallow", "werkzeug"}


def test_a_worker_loads_nothing_that_only_others_need() -> None:
    listing = "import services.sync.jobs, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listing], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "services.sync.operations.runs.partition" in loaded
    assert not loaded & ELSEWHERE
