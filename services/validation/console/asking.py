"""Weekly and story requests: points that players say they have earned, asked for, decided, taken back."""

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from services.validation.console.requests import DECIDED, names
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent
from shared.current import current_context

Option = tuple[int, str]
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One kind of requests: of what (`parent`, listed at `parents`), and what gives a point each."""

    path: str
    label: str
    about: str
    parent: str
    parents: str
    points: tuple[tuple[str, str], ...]
    in_scenes: tuple[tuple[str, str], ...] = ()
    has_duration: bool = False

    @property
    def unearned(self) -> dict[str, Any]:
        """What a form says by leaving it out."""
        return {name: False for name, _label in self.points} | {name: None for name, _label in self.in_scenes}

    def earned(self, request: dict[str, Any]) -> list[str]:
        words = [label for name, label in self.points if request[name]]
        sessions = request.get("duration", 0)
        return [*words, *([f"{sessions} session{'s' if sessions != 1 else ''}"] if sessions else [])]

    def worth(self, request: dict[str, Any]) -> int:
        return sum(bool(request[name]) for name, _label in self.points) + int(request.get("duration", 0))

    def choices(self) -> list[Option]:
        """Weeks by their Sunday, stories by their name."""
        rows = api.get(self.parents, limit=MOST, ordering="-id")["results"]
        return [(row["id"], row["name"] if "name" in row else f"until {row['end_date']}") for row in rows]


WEEKLY = Asking(
    path="weekly-requests",
    label="Weekly requests",
    about="What a week has earned, a point for each: asked for by players, decided by storytellers",
    parent="week",
    parents="weeks",
    points=(
        ("finishing", "There to the end"),
        ("learning", "Learnt something"),
        ("rp", "Played the role well"),
        ("focus", "Was the focus"),
        ("standingout", "Stood out"),
    ),
    in_scenes=(
        ("learning_scene", "Learnt in"),
        ("rp_scene", "Played well in"),
        ("focus_scene", "Was the focus of"),
        ("standingout_scene", "Stood out in"),
    ),
)
STORY = Asking(
    path="story-requests",
    label="Story requests",
    about="What a story has earned, a point for each and for every session: asked for by players, then decided",
    parent="story",
    parents="stories",
    points=(
        ("success", "Reached the goal"),
        ("danger", "Was in danger"),
        ("growth", "Grew by it"),
        ("drama", "Made it dramatic"),
    ),
    has_duration=True,
)


def asking_pages(kind: Asking) -> Pages:
    pages = Pages("validation", kind.parent, __name__)
    _add_looking(pages, kind)
    _add_acting(pages, kind)
    return pages


def _add_looking(pages: Pages, kind: Asking) -> None:
    @pages.page(f"/{kind.path}", "character.view", menu=kind.label, rare=True)
    def askings() -> Values:
        own = api.get("characters", owner=[current_context().actor], limit=MOST, ordering="name")["results"]
        return {
            "kind": kind,
            "requests": api.get(kind.path, asked(state=["Pending"])),
            "decided": DECIDED,
            "names": names(),
            "own": [(each["id"], each["name"]) for each in own],
            **_choices(kind),
        }

    @pages.page(f"/{kind.path}/<key:request_id>", "character.view")
    def asking(request_id: int) -> Values:
        found = api.get(f"{kind.path}/{request_id}")
        character = api.get(f"characters/{found['character']}")
        return {"kind": kind, "request": found, "character": character, **_choices(kind)}


def _add_acting(pages: Pages, kind: Asking) -> None:
    address = f"/validation/{kind.path}"

    @pages.form(f"/{kind.path}", "xp.request")
    def ask_for_points() -> ResponseReturnValue:
        made = api.post(kind.path, _typed(sent()))
        return done("Asked. Somebody else decides.", to=f"{address}/{made['id']}")

    @pages.form(f"/{kind.path}/<key:request_id>/<any(approve, deny):what>", "character.view")
    def decide_points(request_id: int, what: str) -> ResponseReturnValue:
        """Approving, with what the form says was earned."""
        body = _typed(sent())
        told: dict[str, Any] = {name: body[name] for name in ("reason", "version") if name in body}
        if what == "approve":
            told = kind.unearned | body
        answer = api.post(f"{kind.path}/{request_id}/{what}", told)
        return done(
            f"Approved; points booked: {answer['amount']}." if what == "approve" else "Denied; nothing is booked."
        )

    @pages.form(f"/{kind.path}/<key:request_id>/take-back", "xp.request")
    def take_back(request_id: int) -> ResponseReturnValue:
        api.delete(f"{kind.path}/{request_id}", if_match=sent().get("tag"))
        return done("It is taken back.", to=address)


def _choices(kind: Asking) -> dict[str, Any]:
    scenes = api.get("scenes", finished=["true"], ordering="-id", limit=MOST)["results"] if kind.in_scenes else []
    parents = kind.choices()
    return {
        "scenes": [(each["id"], each["name"]) for each in scenes],
        "scene_names": {each["id"]: each["name"] for each in scenes},
        "parents": parents,
        "parent_names": dict(parents),
    }


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    """Ids and counts as numbers, ticks as flags; what is neither stays as it was typed, and is refused at its field."""
    return {name: text if name == "reason" else _value(text) for name, text in body.items()}


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() else text
