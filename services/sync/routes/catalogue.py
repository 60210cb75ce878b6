"""The catalogue: its tables listed and read, rows edited by people, what runs changed in a row."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from services.sync.loaders.targets import TARGETS, TargetTable
from services.sync.models import CatalogueRow, RowHistory
from services.sync.operations.catalogue import model_of, prepare_edit
from services.sync.schemas import catalogue as schemas
from shared import listing
from shared.access import requires
from shared.current import current_session
from shared.listing import ListArgs, Listing
from shared.resources import Plain, listed, register
from shared.tenancy import tenant_of

blueprint = Blueprint("catalogue", __name__, description="What pipelines load and people correct.")
HISTORY = Listing(key=RowHistory.id, orderings={"id": RowHistory.id}, default="-id")


def plain_of(target: TargetTable, model: Any) -> Plain:
    columns = {name: getattr(model, name) for name in schemas.filters_of(target)}
    return Plain(
        path=f"catalogue/{target.name}",
        model=model,
        schema=schemas.schema_of(target, model),
        args=schemas.args_of(target, model),
        view="catalogue.view",
        manage="catalogue.edit",
        filters={
            "deleted": model.deleted_at.is_not(None),
            "source_pipeline": model.source_pipeline,
            "is_placeholder": model.is_placeholder,
            **columns,
        },
        orderings={name: getattr(model, name) for name in target.natural_key},
        writes=frozenset({"PATCH"}),
        check=prepare_edit,
    )


def _add_history(name: str, model: type[CatalogueRow]) -> None:
    @blueprint.route(f"/catalogue/{name}/<key:row_id>/history", methods=["GET"], endpoint=f"catalogue_{name}_history")
    @blueprint.arguments(ListArgs, location="query")
    @blueprint.response(200, listing.envelope(schemas.HistorySchema))
    @requires("catalogue.view", on=model)
    def list_history(args: dict[str, Any], row_id: int) -> Any:
        """What runs changed in the row, newest first; kept for 90 days."""
        own = (RowHistory.tenant_id == tenant_of(current_session()), RowHistory.table_name == name)
        return listed(select(RowHistory).where(*own, RowHistory.row_id == row_id), HISTORY, args).as_dict()


for _name, _target in TARGETS.shipped.items():
    register(blueprint, plain_of(_target, model_of(_name)))
    _add_history(_name, model_of(_name))
