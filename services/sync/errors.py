"""Facts that stop an operation of this service, each with its status and code."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from shared.errors import Busy, Conflict, DomainError, FieldError, NotFound, Unavailable


class ConfigurationInvalid(DomainError):
    """A pipeline's file, or a set of them, with everything that is wrong: nothing of it is stored."""

    status = 422
    code = "configuration_invalid"

    def __init__(self, findings: Sequence[Mapping[str, Any]]) -> None:
        """`findings` have pointer, line, code and text, in a set also the file."""
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(
            f"Line {first['line']}: {first['text']}{more}",
            errors=[FieldError(found["pointer"], found["code"], found["text"]) for found in findings],
            findings=list(findings),
        )


class PipelineNotFound(NotFound):
    """There is none of that name, or none that is active."""

    code = "pipeline_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"pipeline {name} not found or not active", pipeline=name)


class PipelineInactive(Conflict):
    """It is switched off."""

    code = "pipeline_inactive"

    def __init__(self, name: str) -> None:
        super().__init__(f"pipeline {name} not found or not active", pipeline=name)


class PipelineAmbiguous(Conflict):
    """Several active pipelines are of this entity."""

    code = "pipeline_ambiguous"


class GroupNotFound(NotFound):
    """No active pipeline is in it."""

    code = "group_not_found"


class RunInProgress(Conflict):
    """The pipeline has a run that has not ended."""

    code = "run_in_progress"


class RunNotResumable(Conflict):
    """Only a run that failed or was cancelled goes on."""

    code = "run_not_resumable"


class ConfigurationChanged(Conflict):
    """The pipeline is not what it was when the run began."""

    code = "configuration_changed"


class CheckpointTooOld(Conflict):
    """The source has moved on since the run stopped."""

    code = "checkpoint_too_old"


class RunFailed(DomainError):
    """What ends a run. `group` is the class of the failure as runs tell it."""

    status = 422
    code = "run_failed"
    group: ClassVar[str] = "load"

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail, **{"class": self.group, **members})


class NoIncrementalState(RunFailed):
    """There is nothing to go on from, and the file forbids to begin anew."""

    code = "no_incremental_state"
    group = "configuration"


class ConfigurationLost(RunFailed):
    """The pipeline has vanished or was switched off before a worker took the run."""

    code = "pipeline_not_found"
    group = "configuration"


class BadRowLimit(RunFailed):
    """More rows are bad than the file allows."""

    code = "bad_row_limit"
    group = "limit"


class CursorMissing(RunFailed):
    """A row has no cursor value, and the file says that it has to."""

    code = "missing_cursor"
    group = "extract"


class TransformFailed(RunFailed):
    """A transform function raised."""

    code = "function_failed"
    group = "transform"


class DeleteThresholdExceeded(RunFailed):
    """More rows are missing from the source than the file lets go."""

    code = "delete_threshold_exceeded"
    group = "limit"


class EmptySource(RunFailed):
    """The source has nothing, and the target has rows of it."""

    code = "empty_source"
    group = "limit"


class TargetUnsettled(Busy):
    """Rows of the batch kept changing while they were merged."""

    code = "target_unsettled"


class SourceUnavailable(RunFailed):
    """The source does not answer, or with 5xx to the end of what is tried."""

    code = "source_unavailable"
    group = "source_unavailable"


class SourceRefused(RunFailed):
    """The source answers that the request is wrong or not allowed; `answered` is its status if it has one."""

    code = "source_refused"
    group = "extract"

    def __init__(self, detail: str, *, answered: int | None = None, **members: Any) -> None:
        super().__init__(detail, answered_status=answered, **members)
        self.answered = answered


class BadResponse(RunFailed):
    """What came is not what was asked for: no JSON, no list of records, no columns."""

    code = "bad_response"
    group = "extract"


class ResponseTooLarge(RunFailed):
    """A page has more rows or bytes than one may have."""

    code = "response_too_large"
    group = "extract"


class PagingStuck(RunFailed):
    """The source gives the same page again."""

    code = "paging_stuck"
    group = "extract"


class SourceAddressRefused(RunFailed):
    """The address is not one that pipelines may reach; what answers there is not told."""

    code = "address_refused"
    group = "extract"


class FileRefused(RunFailed):
    """The file does not lie below the folder of data."""

    code = "file_refused"
    group = "extract"


class UnknownEnvironment(RunFailed):
    """The settings know no server of that name."""

    code = "unknown_environment"
    group = "configuration"


class SecretMissing(RunFailed):
    """A reference leads to no secret."""

    code = "secret_missing"
    group = "configuration"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no secret {name} ({kind}).", secret=name)


class AdapterNotInstalled(RunFailed):
    """The adapter's packages are missing; the group that brings them is named."""

    code = "adapter_not_installed"
    group = "configuration"

    def __init__(self, adapter: str, group: str) -> None:
        super().__init__(
            f"{adapter} needs packages that are not installed: install the group {group}.", adapter=adapter
        )


class ClusterUnavailable(Unavailable):
    """The scheduler that is to hand out the parts of a run cannot be reached, or has lost them."""

    code = "cluster_unavailable"


class EntrySettled(Conflict):
    """An entry of quarantine that is resolved or discarded is not touched any more."""

    code = "entry_settled"


class NothingToRedrive(Conflict):
    """No open entry is meant."""

    code = "nothing_to_redrive"


class ConflictResolved(Conflict):
    """The conflict ended in another way."""

    code = "conflict_resolved"


class TargetChanged(Conflict):
    """The row was changed again after the conflict was shown; `target_values` and `target_version` are the present."""

    code = "target_changed"


class TargetUnavailable(RunFailed):
    """The target does not answer, or with 5xx to the end of what is tried."""

    code = "target_unavailable"
    group = "load"


class TargetRefused(RunFailed):
    """The target's database refuses to be written to in this way."""

    code = "target_refused"
    group = "load"


class TargetElsewhere(Conflict):
    """The row is in a table that cannot be written from here."""

    code = "target_elsewhere"


class ApprovalMismatch(Conflict):
    """A decision on another approval than the one that was asked for."""

    code = "approval_mismatch"


class ValidationUnavailable(RunFailed):
    """The validation service cannot be reached, and nothing is loaded unvalidated."""

    code = "validation_unavailable"
    group = "validate"


class ValidationRefused(RunFailed):
    """The validation service refused to judge; its own words are the message."""

    code = "validation_refused"
    group = "validate"


class RuleSetNotFound(RunFailed):
    """The validation service knows no such rule set, or no such version."""

    code = "rule_set_not_found"
    group = "validate"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no rule set {name}.", rule_set=name)


class NotCompiled(Conflict):
    """The job that compiles the company has no file: it goes on still, or did not get to its end."""

    code = "not_compiled"

    def __init__(self, status: str) -> None:
        super().__init__(f"The job is {status}; only a completed one has a file.", status_of_job=status)
