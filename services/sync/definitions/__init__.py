"""The shape of a pipeline's file, as JSON Schema; components add the shapes of their configurations."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def pipeline_schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__name__).joinpath("pipeline.json").read_text())
    return found
