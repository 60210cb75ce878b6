"""Facts about integrity runs."""

from collections.abc import Sequence

from shared.errors import Busy, Conflict, FieldError, Invalid


class RunInProgress(Busy):
    """One fix or undo at a time changes the rows of a tenant; worth a second try."""

    code = "run_in_progress"

    def __init__(self) -> None:
        super().__init__("A fix or an undo of this tenant is at work; wait for its end.")


class PlanStale(Conflict):
    """What a dry run showed is not what a fix would do any more."""

    code = "plan_stale"

    def __init__(self) -> None:
        super().__init__("The rows have changed since that dry run; look at a new one.")


class NothingToUndo(Conflict):
    """Only a fix that has ended can be undone."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("Only a fix that has ended can be undone.")


class UnknownRules(Invalid):
    """Rules or rule sets that nobody knows."""

    code = "unknown_rule"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors[0].detail, errors=errors)
