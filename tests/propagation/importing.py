"""Files made, sent and told about."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from tests.fixtures.people import Person
from tests.propagation.changing import Body
from tests.propagation.naming import Naming, answered


def sheet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """CSV with a column for each key of any row."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def send(naming: Naming, content: bytes, *, person: Person | None = None, **form: Any) -> TestResponse:
    fields: dict[str, Any] = {"rule": str(naming.rule), **{name: str(value).lower() for name, value in form.items()}}
    fields["file"] = FileStorage(io.BytesIO(content), "strings.csv")
    data, _length, boundary = stream_encode_multipart(fields, use_tempfile=False)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return (person or naming.person).call("POST", "imports", data=data.read(), headers=headers)


def imported(naming: Naming, rows: Sequence[Mapping[str, Any]], status: int = 200, **form: Any) -> Body:
    found: Body = answered(send(naming, sheet(rows), **{"dry_run": False, **form}), status)
    return found


def outcomes(answer: Body) -> list[str]:
    return [row["outcome"] for row in answer["rows"]]


def faults(answer: Body) -> list[tuple[int, str | None, str]]:
    """(row, column, code) of each fault."""
    return [(row["row"], fault["column"], fault["code"]) for row in answer["rows"] for fault in row["faults"]]
