"""Names as the files that imports take: one for each rule, sent through the HTTP API.

python -m examples.naming.sheets --strings 10000 --token "$(concord token)"
"""

import argparse
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx2

from examples.naming.convention import Convention
from examples.naming.generate import Row, generate
from examples.naming.load import PREFIX, Refused

_SECONDS = 120


def bring(client: httpx2.Client, convention: Convention, strings: int) -> Iterator[str]:
    """Starts an import for each rule; gives the addresses of their jobs. Raises Refused.

    The one at the top is sent first, alone, which is done at once: the others stand below it by its id.
    """
    rules = {row["name"]: row["id"] for row in _get(client, "rules", limit=200)}
    top, *others = generate(convention, strings)
    yield _send(client, rules[top.rule], [top], convention, stored={})
    stored: dict[int | None, int] = {top.key: _get(client, "strings", ordering="id", limit=1)[0]["id"]}
    for name, rule_id in rules.items():
        rows = [row for row in others if row.rule == name]
        if rows:
            yield _send(client, rule_id, rows, convention, stored=stored)


def sheet(rows: Iterable[Row], dimensions: Iterable[str], *, stored: Mapping[int | None, int]) -> str:
    """CSV; parents that are stored are named by their ids, others by their keys in the same file."""
    text = io.StringIO()
    chosen = [f"dimension:{name}" for name in dimensions]
    writer = csv.DictWriter(text, ["key", "parent_id", "parent_key", "field", *chosen], restval="")
    writer.writeheader()
    for row in rows:
        above = {"parent_id": stored[row.parent]} if row.parent in stored else {"parent_key": row.parent}
        values = {f"dimension:{name}": value for name, value in row.values.items()}
        writer.writerow({"key": row.key, "field": row.field, **above, **values})
    return text.getvalue()


def _send(
    client: httpx2.Client, rule_id: int, rows: list[Row], convention: Convention, *, stored: Mapping[int | None, int]
) -> str:
    content = sheet(rows, convention.dimensions, stored=stored)
    form = {"rule": str(rule_id), "dry_run": "false"}
    answer = client.post(f"{PREFIX}/imports", data=form, files={"file": ("names.csv", content)}, timeout=_SECONDS)
    if answer.is_error:
        raise Refused(f"the import of {len(rows)} names: {answer.status_code} {answer.text[:1000]}")
    return str(answer.headers["Location"])


def _get(client: httpx2.Client, path: str, **parameters: str | int) -> list[dict[str, Any]]:
    answer = client.get(f"{PREFIX}/{path}", params=parameters)
    if answer.is_error:
        raise Refused(f"{path}: {answer.status_code} {answer.text[:1000]}")
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8080")
    parser.add_argument("--token", required=True)
    parser.add_argument("--strings", type=int, default=10_000)
    given = parser.parse_args()
    with httpx2.Client(base_url=given.address, headers={"Authorization": f"Bearer {given.token}"}) as client:
        for job in bring(client, Convention.read(), given.strings):
            print(job)


if __name__ == "__main__":
    main()
