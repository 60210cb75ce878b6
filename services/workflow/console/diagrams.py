"""Diagrams of machines as parts of pages, which style them."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from services.workflow.domain.machines.definition import Machine
from services.workflow.domain.machines.drawing import Marks, svg


def of_item(machine: Machine, options: Mapping[str, Any], story: Sequence[Mapping[str, Any]]) -> Markup:
    """Where an item stands, the way that it took with the times, and what leads on or is blocked."""
    moves = [entry for entry in reversed(story) if entry["data"].get("machine") == machine.name]
    marks = Marks(
        present=options["state"],
        taken={(move["data"]["from_state"], move["data"]["to_state"]): _times(move, moves) for move in moves},
        open=frozenset(option["target"] for option in options["available"]),
        blocked={
            option["target"]: " ".join(reason["detail"] for reason in option["reasons"])
            for option in options["blocked"]
        },
    )
    return Markup(svg(machine, marks))  # noqa: S704 - drawn here, every text in it is escaped


def of_all(machine: Machine, standing: Sequence[Mapping[str, Any]]) -> Markup:
    """How many items stand where."""
    notes = {each["state"]: f"{each['items']:,}" for each in standing if each["items"]}
    return Markup(svg(machine, Marks(notes=notes)))  # noqa: S704 - as above


def _times(move: Mapping[str, Any], moves: Sequence[Mapping[str, Any]]) -> str:
    same = [
        each["created_at"][:16].replace("T", " ")
        for each in moves
        if each["data"]["from_state"] == move["data"]["from_state"]
        and each["data"]["to_state"] == move["data"]["to_state"]
    ]
    return ", ".join(same)
