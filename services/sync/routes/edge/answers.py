"""How edges are answered: the same content in the same bytes, a tag of it, signed, compressed where it pays."""

import gzip
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import flask
import orjson
from werkzeug.http import parse_etags

from services.sync.domain.promotions import signing
from services.sync.domain.promotions.canonical import sha256
from services.sync.operations.edges import keys
from services.sync.queries.edges.standing import Standing
from shared.current import current_session
from shared.problems import MEDIA_TYPE

SMALLEST_TO_COMPRESS: Final = 1024
_GZIP: Final = "-gzip"


def tag_of(*parts: bytes) -> str:
    """The tag of an answer, from what it is made of."""
    return sha256(b"\0".join(parts))[:32]


def is_known(tag: str) -> bool:
    """Whether the caller has this answer, compressed or not."""
    sent = parse_etags(flask.request.headers.get("If-None-Match"))
    return bool(sent) and (sent.star_tag or any(sent.contains_weak(each) for each in (tag, tag + _GZIP)))


def not_modified(tag: str) -> flask.Response:
    return flask.Response(status=304, headers={"ETag": f'"{tag}"', "Vary": "Accept-Encoding"})


def signed(body: bytes, tag: str, standing: Standing, *, compress: bool) -> flask.Response:
    """An answer with its signature over what it says, whether it travels compressed or not."""
    subject = standing.store.id if standing.store is not None else standing.company.tenant_id
    signature = keys.sign(current_session(), subject, body, standing.server)
    response = flask.Response(body, mimetype="application/json")
    response.headers[signing.HEADER] = signing.header(signature)
    response.headers["Vary"] = "Accept-Encoding"
    if compress and len(body) >= SMALLEST_TO_COMPRESS and flask.request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag += _GZIP
    response.headers["ETag"] = f'"{tag}"'
    return response


def with_items(name: str, items: Sequence[str], rest: bytes) -> bytes:
    """A JSON object whose first member is a list of things that are JSON already."""
    return b'{"%s":[%s],%s' % (name.encode(), ",".join(items).encode(), rest[1:])


def dumped(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)


def seconds() -> float:
    started: float = flask.g.get("started_at", time.perf_counter())
    return time.perf_counter() - started


def in_upper_case(response: flask.Response) -> flask.Response:
    """In this group codes are upper case, and `error` repeats the detail, whoever refused."""
    if response.mimetype != MEDIA_TYPE or "/edge/" not in flask.request.path:
        return response
    body = response.get_json()
    response.set_data(flask.json.dumps(body | {"code": body["code"].upper(), "error": body["detail"]}))
    return response
