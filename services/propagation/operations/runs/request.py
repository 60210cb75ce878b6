"""What a call wants of a run, as it is stored in the job's row and read again by a worker."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from services.propagation.config import Settings


class ItemKind(StrEnum):
    """What is wanted of a detail (the first three) or of a string: ADD a detail for the dimension `key`, SET the custom
    field `key` to `value`, MOVE it under `parent_id`, send a detail down again, make its name again, or ENTER it with
    what stands above for `key`. SEEN wants nothing but that the string is at `version`, if one is given; IMPOSSIBLE is
    known to fail, its `value` says why (code and message)."""

    CHOOSE = "choose"
    REMOVE = "remove"
    RESET = "reset"
    ADD = "add"
    SET = "set"
    MOVE = "move"
    RESEND = "resend"
    REGENERATE = "regenerate"
    ENTER = "enter"
    SEEN = "seen"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Item:
    """One update: a value for a detail that exists (`detail_id`). Neither value means empty.

    `is_new_value` is False where only the lineage changes (`own: true` alone protects the present value). Items of the
    same `update` (the index of the first of them) are one update: they stand or fall together.
    """

    index: int
    detail_id: int = 0
    value_id: int | None = None
    text: str | None = None
    own: bool = False
    version: int | None = None
    is_new_value: bool = True
    kind: str = ItemKind.CHOOSE
    string_id: int = 0
    key: int | str | None = None
    value: Any = None
    parent_id: int | None = None
    update: int | None = None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """`options` is the request's layer of the settings; `seen` the versions of the details when it was accepted.

    `is_single` is a call for one string: what fails there is the call's own failure. With `retry_of` a value that is
    stored already is sent down again; with `undo_of` there are no items, the run that is taken back has them.
    `edit` is the change of the structure that makes names again. `is_forced` propagates in every mode; `error_id` is
    the error that the run is another attempt at; `confirmed` is what the confirm token saw, nothing else is applied;
    `needs_approval` makes it wait until somebody has approved exactly that.
    `is_accepted` is a request that has been checked once and is now carried out by a worker.
    """

    trigger: str
    items: tuple[Item, ...]
    options: dict[str, Any] = field(default_factory=dict)
    is_single: bool = False
    seen: dict[int, int] = field(default_factory=dict)
    direct_type: str = "direct_edit"
    retry_of: str | None = None
    undo_of: str | None = None
    is_forced: bool = False
    edit: dict[str, Any] | None = None
    error_id: int | None = None
    confirmed: str | None = None
    needs_approval: bool = False
    is_accepted: bool = False

    def as_json(self) -> dict[str, Any]:
        packed = asdict(self)
        packed["seen"] = {str(detail_id): version for detail_id, version in self.seen.items()}
        return packed

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> "RunRequest":
        return cls(
            **{
                **packed,
                "items": tuple(Item(**item) for item in packed["items"]),
                "seen": {int(detail_id): version for detail_id, version in packed["seen"].items()},
            }
        )


@dataclass(frozen=True, slots=True)
class Environment:
    """What the process knows that the rules need: the service layer of the settings, sizes, the signing key,
    where people find this service, and whether somebody can be asked for approvals."""

    service_layer: Mapping[str, Any]
    chunk_size: int
    heavy_threshold: int
    signing_key: bytes
    public_url: str
    has_approvals: bool

    @classmethod
    def of(cls, settings: Settings) -> "Environment":
        return cls(
            service_layer=settings.service_layer(),
            chunk_size=settings.propagation_chunk_size,
            heavy_threshold=settings.heavy_propagation_threshold,
            signing_key=settings.signing_key,
            public_url=settings.public_url.rstrip("/"),
            has_approvals=settings.service_key_file is not None and "workflow" in settings.siblings,
        )
