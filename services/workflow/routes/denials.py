"""Refused permissions, with the request that they came from."""

import flask
from sqlalchemy.orm import Session

from services.workflow.operations.denials import Attempt, record_denial
from shared.errors import PermissionMissing


def on_denial(session: Session, denial: PermissionMissing) -> None:
    """Records what was refused, unless the operation has described it already."""
    described: Attempt | None = getattr(denial, "attempt", None)
    permission = denial.members["permission"]
    attempt = described or Attempt(permission, [permission], denial.detail)
    record_denial(session, attempt.sent(flask.request.method, flask.request.path))
