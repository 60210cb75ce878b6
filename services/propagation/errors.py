"""Facts that stop an operation of this service, each with its status and code."""

from typing import Any, ClassVar

from shared.errors import Conflict, DomainError, Invalid


class WorkspaceInactive(DomainError):
    """An inactive workspace can be read, nothing else."""

    status = 403
    code = "workspace_inactive"


class MemberInactive(DomainError):
    """This person was switched off in the workspace."""

    status = 403
    code = "member_inactive"


class WorkspaceMismatch(DomainError):
    """The body names another workspace than the token."""

    status = 403
    code = "workspace_mismatch"


class ValueInUse(Conflict):
    """Strings still hold the value; `strings` has their number."""

    code = "value_in_use"


class ConstraintViolation(Invalid):
    """A list value breaks active constraints of its dimension; `validation_errors` has all of them, in order."""

    code = "constraint_violation"


class HasChildren(Conflict):
    """Strings stand below this one; `children` has their number."""

    code = "has_children"


class CircularDependency(Conflict):
    """Stored data holds a cycle; `cycle_path` has the ids in order."""

    code = "circular_dependency"


class RolledBack(Conflict):
    """Something below failed and the request asked for all or nothing; `run_errors` says what."""

    code = "rolled_back"


class RegenerationDisabled(Conflict):
    """AUTO_REGENERATE_STRINGS is off."""

    code = "regeneration_disabled"


class ApprovalUnavailable(Conflict):
    """Nobody can be asked for an approval in this installation."""

    code = "approval_unavailable"


class ApprovalMismatch(Conflict):
    """The decision is about another approval than the run waits for."""

    code = "approval_mismatch"


class AlreadyDecided(Conflict):
    """The run was decided otherwise before."""

    code = "already_decided"


class ConfirmationRequired(Conflict):
    """The workspace wants to see what changes first; `impact_analysis` and `confirm_token` say how to go on."""

    code = "confirmation_required"


class ConfirmationStale(Conflict):
    """What the confirm token saw has changed; a new preview and token are in the answer."""

    code = "confirmation_stale"


class ConfirmationMismatch(Invalid):
    """The confirm token is for other changes or options."""

    code = "confirmation_mismatch"


class JobFinished(Conflict):
    code = "job_finished"


class JobNotFinished(Conflict):
    code = "job_not_finished"


class JobNotRetryable(Conflict):
    code = "job_not_retryable"


class JobNotUndoable(Conflict):
    """The run changed nothing, so there is nothing to take back."""

    code = "job_not_undoable"


class AlreadyUndone(Conflict):
    code = "already_undone"


class FileTooLarge(DomainError):
    """An uploaded file has more bytes than is allowed."""

    status = 413
    code = "file_too_large"


class DiffGone(DomainError):
    """The time for which a diff is kept is over."""

    status = 410
    code = "diff_gone"


class AlreadyResolved(Conflict):
    code = "already_resolved"


class NotRetryable(Conflict):
    code = "not_retryable"


class RetryLimitReached(Conflict):
    code = "retry_limit_reached"


class SettingsExist(Conflict):
    code = "settings_exist"


class RunFailed(DomainError):
    """The directly changed string itself could not change; status and code follow the kind of failure."""

    STATUS: ClassVar = {
        "string_generation_error": 422,
        "validation_error": 422,
        "conflict_error": 409,
        "circular_dependency": 409,
        "permission_error": 403,
        "database_error": 503,
        "timeout_error": 504,
        "unknown_error": 500,
    }

    def __init__(self, error_type: str, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail, code=code, error_type=error_type, **members)
        self.status = self.STATUS[error_type]  # type: ignore[misc]  # one fact, a status by its kind
