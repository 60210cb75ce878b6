"""What this process's settings mean for runs."""

from typing import cast

from services.propagation.config import Settings
from services.propagation.operations.runs.request import Environment
from shared.current import runtime


def environment() -> Environment:
    return Environment.of(cast(Settings, runtime().settings))
