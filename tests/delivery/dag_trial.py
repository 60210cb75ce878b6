"""Run by the Python of an environment that has Airflow: `dag_trial.py DAG_ID…` runs each once, the first one twice.

Prints a line of JSON at the end: the state of each DAG run and of its tasks, and what the tasks have returned.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.dag_processing.dagbag import DagBag

WHEN = datetime(2026, 11, 22, 6, tzinfo=UTC)


def run(dag: Any) -> dict[str, Any]:
    """For the same time, and so under the same id, each time."""
    for task in dag.tasks:
        task.retry_delay = timedelta(seconds=1)
    ran = dag.test(run_after=WHEN, logical_date=WHEN)
    tasks = ran.get_task_instances()
    told = {task.task_id: task.xcom_pull(task_ids=task.task_id) for task in tasks}
    return {"state": ran.state, "tasks": {task.task_id: task.state for task in tasks}, "told": told}


bag = DagBag()
assert not bag.import_errors, bag.import_errors
first, *others = sys.argv[1:]
ended = [run(bag.dags[dag_id]) for dag_id in (first, first, *others)]
print(json.dumps(ended, default=str))
