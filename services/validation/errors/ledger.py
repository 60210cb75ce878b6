"""Facts about experience points: what is asked, decided and awarded."""

from collections.abc import Sequence
from typing import Any

from shared.errors import Conflict, FieldError, Invalid, NotFound


class _FieldInvalid(Invalid):
    """One field of the body is at fault; `pointer` is where it stands."""

    def __init__(self, pointer: str, detail: str, **members: Any) -> None:
        super().__init__(detail, errors=[FieldError(pointer, type(self).code, detail)], **members)


class UnknownTrait(_FieldInvalid):
    """No such trait, or one that this character cannot buy."""

    code = "unknown_trait"


class InvalidTarget(_FieldInvalid):
    """The rating cannot be bought from where the trait stands."""

    code = "invalid_target"


class TraitAtCap(_FieldInvalid):
    """Experience does not raise the trait any more."""

    code = "trait_at_cap"


class CostMismatch(_FieldInvalid):
    """The tariff says another cost; `sent` and `expected`."""

    code = "cost_mismatch"


class ValueMismatch(_FieldInvalid):
    """The request is for another rating than the caller expects; `sent` and `expected`."""

    code = "value_mismatch"


class WrongScene(_FieldInvalid):
    """Not a finished scene of that week."""

    code = "wrong_scene"


class NotASunday(_FieldInvalid):
    """Weeks end on Sundays."""

    code = "not_a_sunday"


class InsufficientXp(Invalid):
    """The character has less than is taken; `need` and `have`."""

    code = "insufficient_xp"

    def __init__(self, need: int, have: int) -> None:
        super().__init__(f"This takes {need} XP and the character has {have}.", need=need, have=have)


class DuplicateRequest(Conflict):
    """A request for the trait is waiting already; `request` is its id."""

    code = "duplicate_request"

    def __init__(self, request: int) -> None:
        super().__init__(f"Request {request} for this trait is still waiting.", request=request)


class InvalidRequest(NotFound):
    """No such request, or none that the caller may see."""

    code = "invalid_request"

    def __init__(self) -> None:
        super().__init__("There is no such request.")


class AlreadyProcessed(Conflict):
    """The request was decided before; `state` is how."""

    code = "already_processed"

    def __init__(self, state: str, *, was_reversed: bool = False) -> None:
        how = f"{state} and reversed" if was_reversed else state
        super().__init__(f"This request is {how} already.", state=state)


class TraitChanged(Conflict):
    """The trait does not stand any more where the request found or left it; `expected` and `current`."""

    code = "trait_changed"

    def __init__(self, trait: str, *, expected: int, current: int) -> None:
        detail = f"The trait {trait} is at {current} now, not at {expected}."
        super().__init__(detail, expected=expected, current=current)


class SceneFinished(Conflict):
    """Finished scenes keep their participants and end once."""

    code = "scene_finished"


class SceneNotFinished(Conflict):
    """Only finished scenes are awarded."""

    code = "scene_not_finished"


class XpAlreadyGiven(Conflict):
    """A scene or story is awarded once."""

    code = "xp_already_given"


class AlreadyAwarded(Conflict):
    """The character has the award of this story already."""

    code = "already_awarded"


class AwardsRefused(Invalid):
    """Some entries of an award are at fault, so that nobody gets anything."""

    code = "awards_refused"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        count = len(errors)
        detail = errors[0].detail if count == 1 else f"{count} entries are refused; nobody was awarded."
        super().__init__(detail, code=errors[0].code if count == 1 else None, errors=errors)
