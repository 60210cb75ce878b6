"""Pages that stand without any service: the gateway serves them as files, whatever is down."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from shared.console import assets

TEMPLATES: Final = Path(__file__).parent / "templates"
PAGES: Final = ("home.html", "login.html", "rq.html", "failure.html", "part.html")
PREFIX: Final = "/_ui"


def render(services: Sequence[str]) -> dict[str, str]:
    """File name -> text. What is not known before a request stands in the failures as server-side includes."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    known: Mapping[str, Any] = {
        "ui": f"{PREFIX}/{assets.digest()}",
        "services": list(services),
        "service": None,
        "menu": [],
        "person": None,
        "here": "/",
        "args": {},
        "problem": None,
        "typed": {},
    }
    macros = environment.get_template("console/macros.html").make_module(dict(known))
    return {name: environment.get_template(f"standing/{name}").render(**known, m=macros) for name in PAGES}
