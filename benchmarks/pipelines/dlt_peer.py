"""dlt loads the same rows by merge with strategy upsert; run by the interpreter of its own environment, so it imports
nothing of the project: `dlt_peer.py jsonl|arrow|http FILE|URL DATABASE_URL`."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt

MERGE = {"disposition": "merge", "strategy": "upsert"}
BLOCK = 5_000


def lines(path: str) -> Any:
    return dlt.resource(_blocks, name="product", write_disposition=MERGE, primary_key="sku")(path)


def _blocks(path: str) -> Iterator[list[Any]]:
    block = []
    with open(path, "rb") as file:
        for line in file:
            block.append(json.loads(line))
            if len(block) == BLOCK:
                yield block
                block = []
    yield block


def tables(path: str) -> Any:
    """The same file read by Arrow, which types and parses it in blocks."""
    from pyarrow import json as arrow

    found = arrow.read_json(path)
    blocks = found.to_batches(max_chunksize=BLOCK * 20)
    return dlt.resource(iter(blocks), name="product", write_disposition=MERGE, primary_key="sku")


def pages(url: str) -> Any:
    from dlt.sources.rest_api import rest_api_source

    base, _, path = url.rpartition("/")
    paginator = {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": "pages"}
    resource = {
        "name": "product",
        "primary_key": "sku",
        "write_disposition": MERGE,
        "endpoint": {"path": path, "data_selector": "data"},
    }
    return rest_api_source({"client": {"base_url": f"{base}/", "paginator": paginator}, "resources": [resource]})


def main(kind: str, place: str, database: str) -> None:
    pipeline = dlt.pipeline(
        f"bench_{kind}", destination=dlt.destinations.postgres(database), dataset_name=f"dlt_{kind}"
    )
    begun = os.times()
    pipeline.run({"jsonl": lines, "arrow": tables, "http": pages}[kind](place))
    ended = os.times()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    spent = sum(ended[:4]) - sum(begun[:4])
    print(json.dumps({"cpu": spent, "peak_mib": int(peak.split()[1]) / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
