"""The relay of the propagation service as a process of its own that does not wait long before it hands over again.

`python -m tests.faults.process`; the environment has its settings.
"""

from dataclasses import replace

from services.propagation.config import Settings
from services.propagation.jobs import relayed
from shared.jobs import relay


def main() -> None:
    settings = Settings()  # type: ignore[call-arg]  # the environment has the required ones
    relay.run([replace(relayed(settings), redispatch_seconds=2.0)], poll_seconds=0.2)


if __name__ == "__main__":
    main()
