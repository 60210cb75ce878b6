"""A DAG for each path in CONCORD_DAGS, such as `pipelines/products groups/nightly`."""

import os

from concord_airflow import build

for path in os.environ.get("CONCORD_DAGS", "").split():
    globals()[path] = build(path)
