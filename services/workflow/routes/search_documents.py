"""Documents of other owners: put when they change, deleted when they go."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.domain.search.entities import OUTSIDE
from services.workflow.operations.search import documents
from services.workflow.schemas.saved_searches import DocumentSchema
from shared.access import requires
from shared.current import current_session
from shared.errors import Invalid

blueprint = Blueprint("search-documents", __name__, description="What other services let people find here.")


@blueprint.route("/search-documents/<entity>/<document_id>", methods=["PUT"])
@blueprint.arguments(DocumentSchema)
@blueprint.response(200, DocumentSchema)
@blueprint.alt_response(201, schema=DocumentSchema, description="Stored for the first time.")
@requires("search.index")
def put_document(body: dict[str, Any], entity: str, document_id: str) -> Any:
    """Stores the document; an older one than is stored is ignored, and the stored one answered."""
    _check(entity, document_id)
    stored, is_new = documents.put_document(current_session(), entity, document_id, body)
    return stored, 201 if is_new else 200


@blueprint.route("/search-documents/<entity>/<document_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("search.index")
def delete_document(entity: str, document_id: str) -> Any:
    _check(entity, document_id)
    documents.remove_document(current_session(), entity, document_id)
    return flask.Response(status=204)


def _check(entity: str, document_id: str) -> None:
    if entity not in OUTSIDE:
        detail = f"entity: one of {', '.join(OUTSIDE)}; the others are indexed by themselves."
        raise Invalid.field("/entity", "unknown_entity", detail)
    if not 1 <= len(document_id) <= 100 or not document_id.isprintable():
        raise Invalid.field("/id", "invalid_id", "id: 1 to 100 printable characters.")
