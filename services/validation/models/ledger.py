"""The ledger: transfers, which nobody changes, and the requests that reserve points for a trait."""

from datetime import datetime

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.ledger.accounts import MOVES, RESOLVING
from services.validation.domain.ledger.requests import State
from services.validation.models.asking import Decided, decided
from services.validation.models.rows import Base, Kept, named, referring, ruled, slug
from shared.db import Name
from shared.rows import Row, at_most, belongs_to

EMPTY = text("''")
_RESOLVING = ", ".join(f"'{kind}'" for kind in RESOLVING)
_MOVES = ", ".join(f"('{kind}', '{debit}', '{credit}')" for kind, (debit, credit) in MOVES.items())


def _once(name: str, reference: str, *more: str) -> Index:
    """What a reference brings, it brings once. Rows without it do not weigh on the index."""
    present = text(f"{reference} is not null")
    return Index(name, "tenant_id", reference, *more, unique=True, postgresql_where=present)


class XpTransfer(Row, Base):
    """One entry of a character's ledger, with the balances after it.

    The application may add entries and read them. The trigger `xp_transfers_project` takes each into the character's
    own columns and refuses one that does not follow from them (docs/adr/0015-the-ledger.md).
    """

    __tablename__ = "xp_transfers"
    __table_args__ = (
        belongs_to("characters", "character_id"),
        belongs_to("xp_transfers", "reservation_id"),
        belongs_to("xp_spend_requests", "spend_request_id"),
        belongs_to("scenes", "scene_id"),
        belongs_to("stories", "story_id"),
        belongs_to("weekly_xp_requests", "weekly_request_id"),
        belongs_to("story_xp_requests", "story_request_id"),
        *ruled("xp_transfers"),
        named("xp_transfers_kind_accounts", f"(kind, debit_account, credit_account) in ({_MOVES})"),
        named("xp_transfers_resolves", f"(kind in ({_RESOLVING})) = (reservation_id is not null)"),
        at_most("reason", 500),
        UniqueConstraint("tenant_id", "character_id", "entry_no", name="unique_entry_no"),
        _once("one_resolution_per_reservation", "reservation_id"),
        _once("one_award_per_scene_and_character", "scene_id", "character_id"),
        _once("one_award_per_story_and_character", "story_id", "character_id"),
        _once("one_award_per_weekly_request", "weekly_request_id"),
        _once("one_award_per_story_request", "story_request_id"),
    )

    character_id: Mapped[int]
    entry_no: Mapped[int]
    kind: Mapped[str]
    debit_account: Mapped[str]
    credit_account: Mapped[str]
    amount: Mapped[int]
    available_after: Mapped[int]
    pending_after: Mapped[int]
    spent_after: Mapped[int]
    reservation_id: Mapped[int | None]
    spend_request_id: Mapped[int | None]
    scene_id: Mapped[int | None]
    story_id: Mapped[int | None]
    weekly_request_id: Mapped[int | None]
    story_request_id: Mapped[int | None]
    actor: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=EMPTY)


class XpSpendRequest(Decided, Kept, Base):
    """Points reserved for one step of a trait. What the trait was called and was then is copied."""

    __tablename__ = "xp_spend_requests"
    __table_args__ = (
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        belongs_to("xp_transfers", "reservation_id", use_alter=True),
        *ruled("xp_spend_requests"),
        *decided("xp_spend_requests"),
        at_most("trait_name", 100),
        Index(
            "unique_pending_spend_per_trait",
            "tenant_id",
            "character_id",
            "trait",
            unique=True,
            postgresql_where=text(f"state = '{State.PENDING}'"),
        ),
        # Health counts what was filed in a period.
        Index("ix_xp_spend_requests_created", "tenant_id", "created_at", "id"),
    )

    character_id: Mapped[int]
    trait: Mapped[str] = mapped_column(Name)
    trait_name: Mapped[str] = mapped_column(server_default=EMPTY)
    trait_type: Mapped[str] = mapped_column(server_default=EMPTY)
    trait_from: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    trait_value: Mapped[int] = mapped_column(Integer)
    cost: Mapped[int] = mapped_column(Integer)
    reservation_id: Mapped[int | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[str | None]

    @property
    def approved_at(self) -> datetime | None:
        return self.decided_at if self.state == State.APPROVED else None


class Tariff(Kept, Base):
    """What the traits of one kind and class cost (see domain/ledger/tariffs.py)."""

    __tablename__ = "tariffs"
    __table_args__ = (
        belongs_to("gamelines", "gameline_id", ondelete="CASCADE"),
        referring("tariffs", "gameline_id"),
        UniqueConstraint(
            "tenant_id", "kind", "class", "gameline_id", name="unique_tariff", postgresql_nulls_not_distinct=True
        ),
        slug("kind"),
        at_most("kind", 50),
        slug("class"),
        at_most("class", 50),
        named(
            "tariffs_prices_range",
            "factor between 0 and 100 and new_price between 1 and 1000 and change_price between 1 and 1000",
        ),
        named("tariffs_cap_range", "cap between 1 and 20"),
    )

    kind: Mapped[str] = mapped_column(Name)
    class_: Mapped[str] = mapped_column("class", Name, server_default=text("'standard'"))
    gameline_id: Mapped[int | None]
    factor: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    new_price: Mapped[int | None] = mapped_column(Integer)
    change_price: Mapped[int | None] = mapped_column(Integer)
    cap: Mapped[int | None] = mapped_column(Integer)
