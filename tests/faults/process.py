"""The relay of one service as a process of its own that does not wait long before it hands over again.

`python -m tests.faults.process SERVICE`; the environment has its settings.
"""

import sys
from dataclasses import replace
from importlib import import_module

from shared.jobs import relay


def main(service: str) -> None:
    settings = import_module(f"services.{service}.config").Settings()
    described = import_module(f"services.{service}.jobs").relayed(settings)
    relay.run([replace(described, redispatch_seconds=2.0)], poll_seconds=0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
