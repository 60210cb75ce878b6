"""The long-known paths: the gateway marks their requests, and their problems look as they always have."""

import flask

from services.workflow.routes.search_answers import escaped
from shared.problems import MEDIA_TYPE

HEADER, V1 = "X-Contract", "v1-paths"


def is_v1() -> bool:
    """Whether the request came by a long-known path. Nobody but the gateway can say so: it removes the header from
    whatever a client sends."""
    return flask.request.headers.get(HEADER) == V1


def as_v1(response: flask.Response) -> flask.Response:
    """422 becomes 400, and problems also carry `error` and `message`."""
    if response.mimetype != MEDIA_TYPE or not is_v1():
        return response
    body = response.get_json()
    status = 400 if response.status_code == 422 else response.status_code
    told = {"error": body["code"], "message": body["detail"]}
    response.status_code = status
    response.set_data(flask.json.dumps(told | body | {"status": status}))
    return escaped(response)
