"""Groups and organisations, and what characters are in them."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.validation.models.rows import Base, Kept, not_blank
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of, unique

GROUP, ORGANISATION = KINDS = ("group", "organisation")
MEMBER, LEADER = "member", "leader"
ROLES = (MEMBER, LEADER, "ambassador", "node_tender", "investigator", "guardian", "teacher")


class Group(Kept, Base):
    __tablename__ = "groups"
    __table_args__ = (
        not_blank("groups", "name"),
        at_most("name", 100),
        one_of("kind", *KINDS),
        belongs_to("chronicles", "chronicle_id", ondelete="SET NULL (chronicle_id)"),
        Index("ix_groups_chronicle", "tenant_id", "chronicle_id"),
    )

    name: Mapped[str] = mapped_column(Name)
    chronicle_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(server_default=text("'group'"))

    memberships: Mapped[list["GroupMembership"]] = relationship(
        lazy="selectin", viewonly=True, order_by="GroupMembership.id"
    )

    @property
    def members(self) -> list[int]:
        """Ids of characters, in the order in which they came."""
        return list(dict.fromkeys(one.character_id for one in self.memberships))

    @property
    def leader(self) -> int | None:
        return next((one.character_id for one in self.memberships if one.role == LEADER), None)

    @property
    def embedded(self) -> list[str]:
        """What is shown of it beside its own columns, for the entity tag."""
        return [f"{one.id}:{one.version}" for one in self.memberships]


class GroupMembership(Kept, Base):
    """One role of one character; a group has one leader at most."""

    __tablename__ = "group_memberships"
    __table_args__ = (
        unique("group_id", "character_id", "role", name="unique_role_in_group"),
        belongs_to("groups", "group_id", ondelete="CASCADE"),
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        one_of("role", *ROLES),
        Index("one_leader_per_group", "tenant_id", "group_id", unique=True, postgresql_where=text("role = 'leader'")),
        Index("ix_group_memberships_character", "tenant_id", "character_id"),
    )

    group_id: Mapped[int]
    character_id: Mapped[int]
    role: Mapped[str] = mapped_column(server_default=text("'member'"))
