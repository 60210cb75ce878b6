"""The tables that rules may be about, with the fields that rules may read and the types of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.validation.domain.rules.types import Type

_NUMBERS, _TEXTS = Type.INTEGER, Type.TEXT


def _all(kind: Type, names: str) -> dict[str, Type]:
    return dict.fromkeys(names.split(), kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`label` is the field that names a row in reports; `open` tables may be the target of sets that users write."""

    name: str
    fields: Mapping[str, Type]
    label: str | None = None
    open: bool = True
    versioned: bool = True
    # What no fix of a user may write: moves, references, and what the ledger alone decides.
    kept: frozenset[str] = field(default_factory=frozenset)

    def may_be_fixed(self, name: str) -> bool:
        return name in self.fields and name not in self.kept and name != "id" and not name.endswith(("_id", "_at"))


_CHARACTERS: Final = {
    **_all(_NUMBERS, "id chronicle_id gameline_id limit_profile_id creation_status freebies age apparent_age"),
    **_all(_NUMBERS, "xp xp_pending xp_spent ledger_entries"),
    **_all(_NUMBERS, "strength dexterity stamina charisma manipulation appearance perception intelligence wits"),
    **_all(_NUMBERS, "alertness athletics brawl empathy expression intimidation streetwise subterfuge"),
    **_all(_NUMBERS, "crafts drive etiquette firearms melee stealth"),
    **_all(_NUMBERS, "academics computer investigation medicine science"),
    **_all(_NUMBERS, "willpower temporary_willpower"),
    **_all(_NUMBERS, "attributes_min attributes_max appearance_min abilities_min abilities_max"),
    **_all(_NUMBERS, "willpower_min willpower_max temporary_willpower_max age_max apparent_age_max"),
    **_all(_TEXTS, "name owner character_type status concept description public_info notes visibility image_status"),
    **_all(Type.BOOLEAN, "npc display freebies_approved"),
    **_all(Type.DATE, "date_of_birth"),
    **_all(Type.DATETIME, "created_at updated_at"),
}
_LIMITS: Final = frozenset(name for name in _CHARACTERS if name.endswith(("_min", "_max")))

TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (
        Table(
            name="characters",
            fields=_CHARACTERS,
            label="name",
            # The kind of a character chooses its limits, which move with it.
            kept=_LIMITS | {"status", "character_type", "owner", "xp", "xp_pending", "xp_spent", "ledger_entries"},
        ),
        Table(
            name="chronicles",
            fields=_all(_NUMBERS, "id year")
            | _all(_TEXTS, "name head_st theme mood")
            | _all(Type.DATETIME, "created_at updated_at"),
            label="name",
            kept=frozenset({"head_st"}),
        ),
        Table(
            name="st_relationships",
            fields=_all(_NUMBERS, "id chronicle_id gameline_id")
            | _all(_TEXTS, "user_id")
            | _all(Type.DATETIME, "created_at updated_at"),
        ),
        Table(
            name="scenes",
            fields=_all(_NUMBERS, "id chronicle_id week_id")
            | _all(_TEXTS, "name location st_message")
            | _all(Type.DATE, "date_played date_of_scene last_post_date")
            | _all(Type.BOOLEAN, "finished xp_given waiting_for_st")
            | _all(Type.DATETIME, "finished_at created_at updated_at"),
            label="name",
            kept=frozenset({"finished", "xp_given"}),
        ),
        Table(
            name="character_traits",
            fields=_all(_NUMBERS, "id character_id trait_definition_id rating")
            | _all(Type.DATETIME, "created_at updated_at"),
            versioned=False,
        ),
        Table(
            name="weekly_xp_requests",
            fields=_all(_NUMBERS, "id week_id character_id")
            | _all(_NUMBERS, "learning_scene_id rp_scene_id focus_scene_id standingout_scene_id")
            | _all(Type.BOOLEAN, "finishing learning rp focus standingout")
            | _all(_TEXTS, "state")
            | _all(Type.DATETIME, "created_at updated_at"),
            kept=frozenset({"state"}),
        ),
        Table(
            name="xp_spend_requests",
            fields=_all(_NUMBERS, "id character_id trait_from trait_value cost")
            | _all(_TEXTS, "trait trait_name trait_type state decided_by reason reversed_by")
            | _all(Type.DATETIME, "decided_at reversed_at created_at updated_at"),
            kept=frozenset({"state", "trait", "trait_type", "trait_from", "trait_value", "cost"})
            | {"decided_by", "reversed_by"},
        ),
        Table(
            name="story_xp_requests",
            fields=_all(_NUMBERS, "id story_id character_id duration")
            | _all(Type.BOOLEAN, "success danger growth drama")
            | _all(_TEXTS, "state"),
            open=False,
        ),
        Table(
            name="xp_transfers",
            fields=_all(_NUMBERS, "id character_id entry_no amount available_after pending_after spent_after")
            | _all(_NUMBERS, "reservation_id scene_id story_id weekly_request_id story_request_id spend_request_id")
            | _all(_TEXTS, "kind debit_account credit_account actor reason"),
            open=False,
        ),
    )
}
