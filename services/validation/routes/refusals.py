"""What the database stopped after the checks before it had let it through, told as the rule that it breaks."""

import flask
from sqlalchemy.exc import IntegrityError

from services.validation.operations.faults import fault_of
from shared.errors import AlreadyExists, Invalid
from shared.problems import respond


def register(app: flask.Flask) -> None:
    app.register_error_handler(IntegrityError, _by_rule)
    app.register_error_handler(AlreadyExists, _by_name)


def _by_rule(error: IntegrityError) -> flask.Response:
    """A value that a rule refuses: 422 with the rule and its field."""
    told = getattr(error.orig, "diag", None)
    fault = fault_of(told.table_name, told.constraint_name) if told is not None else None
    if fault is not None and told is not None:
        flask.g.stopped_by = told.constraint_name
    return respond(error if fault is None else Invalid(fault.detail, code=fault.code, errors=[fault]))


def _by_name(error: AlreadyExists) -> flask.Response:
    """What a constraint with a name of its own keeps unique has that name as its code."""
    constraint = str(error.members.get("constraint", ""))
    if constraint and not constraint.startswith("uq_") and error.code == AlreadyExists.code:
        error.code = constraint
    return respond(error)
