"""Facts about characters, their limits and who stands how to them."""

from collections.abc import Mapping, Sequence

from shared.errors import AlreadyExists, Conflict, PermissionMissing


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
