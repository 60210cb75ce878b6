"""Pipelines: the list, one with its file, and the file checked while it is written."""

from typing import Any

from flask.typing import ResponseReturnValue

from services.sync.errors import ConfigurationInvalid
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("sync", "pipelines", __name__)
SHOWN = 10
NEW_FILE = """\
name: products
entity: product
source:
  type: csv
  config: {path: products.csv}
transform:
  field_mappings:
    Number: sku
    Name: name
target: {type: table, config: {table: product, key: sku}}
"""


@pages.page("/pipelines", "pipeline.view", menu="Pipelines")
def pipelines() -> Values:
    return {"pipelines": api.get("pipelines", asked())}


@pages.page("/pipelines/<name>", "pipeline.view")
def pipeline(name: str) -> Values:
    found = api.get(f"pipelines/{name}")
    return {
        "pipeline": found,
        "tag": found.etag,
        "runs": api.get("runs", pipeline=[name], limit=SHOWN),
        "versions": api.get(f"pipelines/{name}/versions", limit=SHOWN),
    }


@pages.page("/pipelines/<name>/file", "pipeline.manage")
def pipeline_file(name: str) -> Values:
    found = api.get(f"pipelines/{name}")
    return {"name": name, "text": found["text"], "tag": found.etag}


@pages.page("/new-pipeline", "pipeline.manage")
def new_pipeline() -> Values:
    return {"text": NEW_FILE}


@pages.form("/pipelines/check", "pipeline.view")
def findings() -> Values:
    """What storing would say to the text, by line."""
    try:
        checked = api.post("pipelines/check", {"files": {"": sent().get("text", "")}})
    except ConfigurationInvalid as wrong:
        return {"findings": wrong.members["findings"]}
    return {"findings": [], "name": checked["names"][0]}


@pages.form("/pipelines", "pipeline.manage")
def add_pipeline() -> ResponseReturnValue:
    added = api.post("pipelines", {"files": {"": sent().get("text", "")}})
    return done("Stored.", to=f"/sync/pipelines/{added['results'][0]['name']}")


@pages.form("/pipelines/<name>/file", "pipeline.manage")
def store_file(name: str) -> ResponseReturnValue:
    body = sent()
    stored = api.put(f"pipelines/{name}", body.get("text", ""), if_match=body.get("tag"))
    return done(f"Version {stored['config_version']} is in force.", to=f"/sync/pipelines/{name}")


@pages.form("/pipelines/<name>/switch", "pipeline.manage")
def switch(name: str) -> ResponseReturnValue:
    active = sent().get("active") == "true"
    api.patch(f"pipelines/{name}", {"active": active})
    return done("It is switched on." if active else "It is switched off and takes no run.")


@pages.form("/pipelines/<name>/runs", "run.start")
def start_run(name: str) -> ResponseReturnValue:
    run = api.post(f"pipelines/{name}/runs", _wishes(sent()))
    return done("It is asked for." if run["status"] == "pending" else "It goes on.", to=f"/sync/runs/{run['id']}")


def _wishes(body: dict[str, Any]) -> dict[str, Any]:
    """As the call takes them: numbers as numbers; what is none, the call refuses at its field."""
    numbers = {name: int(body[name]) for name in ("days", "top") if str(body.get(name, "")).isdecimal()}
    flags = {name: body[name] == "true" for name in ("dry_run",) if name in body}
    return body | numbers | flags
