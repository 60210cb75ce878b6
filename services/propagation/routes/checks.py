"""The check of stored names."""

from typing import Any

from flask_smorest import Blueprint

from services.propagation.operations.strings import checking
from services.propagation.schemas.checking import CheckBody, CheckReportSchema
from shared.access import requires
from shared.current import current_session

blueprint = Blueprint("checks", __name__, description="Whether stored names are what their details give.")


@blueprint.route("/strings/check", methods=["POST"])
@blueprint.arguments(CheckBody)
@blueprint.response(200, CheckReportSchema)
@requires("string.view")
def check_strings(body: dict[str, Any]) -> Any:
    """Compares stored names with their details, rules, places and neighbours; nothing is written."""
    session = current_session()
    if "rule" in body:
        return checking.check_rule(session, body["rule"], after=body["after"])
    return checking.check_strings(session, dict.fromkeys(body["string_ids"]))
