"""Rules as a whole: the matrix of what is repeated where, and edits tried before they are saved."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint

from services.propagation.domain.rules import Cell, Line, Place
from services.propagation.domain.simulation import Simulation
from services.propagation.models import Rule
from services.propagation.operations import rules
from services.propagation.operations.rules import Effect
from services.propagation.schemas import rules as schemas
from shared.access import load, requires
from shared.current import current_session


def register(blueprint: Blueprint) -> None:
    @blueprint.route("/rules/<key:row_id>/inheritance", methods=["GET"], endpoint="rules_inheritance")
    @blueprint.response(200, schemas.MatrixSchema)
    @requires("string.view", on=Rule)
    def inheritance(row_id: int) -> Any:
        """Which dimension is repeated on which level, from where, and whether it is written alike."""
        places, lines = rules.inheritance(current_session(), load(current_session(), Rule, row_id))
        return {"rule": row_id, "fields_": places, "dimensions": [_line(line) for line in lines]}

    @blueprint.route("/rules/<key:row_id>/simulate", methods=["POST"], endpoint="rules_simulate")
    @blueprint.arguments(schemas.SimulationSchema)
    @blueprint.response(200, schemas.SimulatedSchema)
    @requires("string.view", on=Rule)
    def simulate(body: dict[str, Any], row_id: int) -> Any:
        """The name that these values would get, with edits that are not saved; nothing is stored."""
        made, effect = rules.simulate(current_session(), load(current_session(), Rule, row_id), body)
        return _simulation(made) | ({"strings": _effect(effect)} if effect else {})


def _line(line: Line) -> dict[str, Any]:
    return {
        "dimension": line.dimension_id,
        "dimension_name": line.dimension_name,
        "levels": [_cell(cell) for cell in line.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    part = cell.part
    return Place._asdict(cell.place) | {
        "dimension_order": part.order,
        "is_required": part.is_required,
        "prefix": part.prefix,
        "suffix": part.suffix,
        "delimiter": part.delimiter,
        "comes_from": cell.source,
        "agrees": cell.agrees,
    }


def _simulation(made: Simulation) -> dict[str, Any]:
    return {
        "value": made.value,
        "parts": [
            {
                "dimension": piece.part.dimension_id,
                "dimension_name": piece.part.dimension_name,
                "value": piece.value,
                "text": piece.text,
                "delimiter": piece.delimiter_after,
            }
            for piece in made.pieces
        ],
        "problems": [
            {"code": problem.code, "dimension": problem.dimension_id, "message": problem.message}
            for problem in made.problems
        ],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    names = ("string", "old", "new", "code")
    return asdict(effect) | {"first": [dict(zip(names, row, strict=True)) for row in effect.first]}
