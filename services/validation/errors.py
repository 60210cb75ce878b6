"""Facts that stop an operation of this service, each with its status and code."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.errors import AlreadyExists, Busy, Conflict, FieldError, Invalid, NotFound, PermissionMissing


class NotApprover(PermissionMissing):
    """Who decides about a character: staff, the head storyteller, a storyteller of its chronicle and gameline."""

    code = "not_approver"

    def __init__(self) -> None:
        super().__init__("policy.manage", "You do not decide about this character.")


class OwnCharacter(PermissionMissing):
    """Nobody decides for a character of their own."""

    code = "own_character"

    def __init__(self) -> None:
        super().__init__("policy.manage", "Nobody decides for a character of their own.")


class NotEditor(PermissionMissing):
    """Who edits a character: its owner, who decides about it, who edits all."""

    code = "permission_missing"

    def __init__(self) -> None:
        super().__init__("character.edit_all", "This character is not yours, and you do not decide about it.")


class FieldNotPermitted(PermissionMissing):
    """These fields belong to who decides about the character, always or once it was submitted and approved."""

    code = "field_not_permitted"

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("character.edit_all", f"You cannot change {', '.join(fields)} of this character.")


class IllegalTransition(Conflict):
    """No way leads from the one status to the other; members `from`, `to` and `allowed`."""

    code = "illegal_transition"

    def __init__(self, old: str, new: str, allowed: Sequence[str]) -> None:
        ways = ", ".join(allowed) or "none"
        detail = f"A character cannot move from {old} to {new}; valid targets: {ways}."
        super().__init__(detail)
        self.members = {"from": old, "to": new, "allowed": list(allowed)}


class HasLedger(Conflict):
    """The ledger keeps what a character was given; it can be retired."""

    code = "has_ledger"


class LimitInUse(Conflict):
    """Stored values lie outside of the limits that would hold; `counts` by rule, the first `ids`."""

    code = "limit_in_use"

    def __init__(self, counts: Mapping[str, int], ids: Sequence[int]) -> None:
        broken = ", ".join(f"{rule} ({count})" for rule, count in counts.items())
        super().__init__(f"Stored values would break {broken}.", counts=dict(counts), ids=list(ids))


class RoleNotOfKind(Conflict):
    """A group knows members and one leader; other roles are those of organisations."""

    code = "role_not_of_kind"


class Duplicate(AlreadyExists):
    """Another profile has the same conditions."""

    code = "duplicate"


class NotOwner(PermissionMissing):
    """Only the owner spends the points of a character."""

    code = "not_owner"

    def __init__(self) -> None:
        super().__init__("xp.spend", "This character is not yours.")


class NotStoryteller(PermissionMissing):
    """Who awards a scene or story: storytellers of its chronicle, staff."""

    code = "not_storyteller"

    def __init__(self) -> None:
        super().__init__("policy.manage", "You are no storyteller of this chronicle.")


class Quarantined(Conflict):
    """The character breaks a rule that sets such rows apart."""

    code = "quarantined"

    def __init__(self) -> None:
        super().__init__("This character is in quarantine until somebody has mended it or released it.")


class CharacterNotActive(Conflict):
    """Points are spent on characters in play."""

    code = "character_not_active"

    def __init__(self, status: str) -> None:
        super().__init__(f"This character is not in play; its status is {status}.", character_status=status)


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


@dataclass(frozen=True, slots=True)
class DefinitionError(FieldError):
    """One thing that is wrong with a rule set: in which rule, at which line and column of the document, at which
    character of an expression; as far as there are any."""

    rule: str | None = None
    line: int | None = None
    column: int | None = None
    position: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class InvalidDefinition(Invalid):
    """A rule set that cannot be understood, with all that is wrong with it."""

    code = "invalid_rule_set"

    def __init__(self, errors: Sequence[DefinitionError]) -> None:
        codes = {error.code for error in errors}
        code = codes.pop() if len(codes) == 1 else None
        super().__init__(errors[0].detail, code=code, errors=errors)


class TooManyRuleSets(Invalid):
    """A tenant has a limited number of sets in use."""

    code = "invalid_rule_set"

    def __init__(self, limit: int) -> None:
        super().__init__(f"There are {limit} rule sets already; retire one first.")


class ReservedName(Conflict):
    """Built-in sets are files of the service."""

    code = "reserved_name"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a built-in rule set; choose another name.")


class NotForRecords(Invalid):
    """The set is about a table: an integrity run judges it."""

    code = "not_for_records"

    def __init__(self, name: str, target: str) -> None:
        super().__init__(f"The rule set {name} is about {target}, not about posted records.")


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
