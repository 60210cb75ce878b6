"""What an orchestrator outside needs to run pipelines in their order."""

import marshmallow as ma

from services.sync.schemas.fields import count_told, object_told, text_told, told

START = {
    "method": "POST",
    "path": "/api/sync/v1/pipelines/product_families/runs",
    "body": {"dependencies": "ignore"},
}


class NodeSchema(ma.Schema):
    id = text_told("product_families", "Its id in this graph.")
    pipeline = text_told("product_families", "What it runs.")
    start = object_told(
        START, "The request that starts it, with an Idempotency-Key of one's own; its answer has the id of the run."
    )
    wait_path = text_told("/api/sync/v1/runs/{run_id}/wait", "404 while the run goes on, 200 when it has ended.")
    result_path = text_told("/api/sync/v1/runs/{run_id}", "The run, with its status and its error.")
    accept = told(ma.fields.Raw, ["completed"], "Statuses with which those after it may start.")
    timeout_seconds = count_told(21_600, "How long the run may take.")
    retries = count_told(2, "How often a request may be sent again.")


class DagSchema(ma.Schema):
    dag_id = text_told("sync_product_families", "Unique in the tenant.")
    description = text_told("Families of products.", "What it is for.")
    schedule = text_told("0 2 * * *", "As cron; of the pipeline's first schedule, null without one.", allow_none=True)
    time_zone = text_told("Europe/Berlin", "Of the schedule.")
    max_active_runs = count_told(1, "A pipeline has one run at a time.")
    nodes = ma.fields.List(ma.fields.Nested(NodeSchema), metadata={"description": "Each after what it depends on."})
    edges = told(ma.fields.Raw, [{"from": "categories", "to": "product_families"}], "What waits for what.")
