"""Rows as runs leave them, stored directly: what loads them has tests of its own."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.sync.domain.storing import canonical, fingerprint
from services.sync.models import QuarantineEntry, SyncConflict
from services.sync.operations.catalogue import model_of
from tests.fixtures.people import Person
from tests.fixtures.services import Unit

RUN = uuid.UUID("0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21")


@dataclass
class Putting:
    """Puts rows of the test's tenant in the place of a run."""

    unit: Unit

    def row(self, table: str, **values: Any) -> int:
        """A row of the catalogue as a run has loaded it; its id."""
        with self.unit() as session:
            _as_loader(session)
            made = model_of(table)(source_pipeline="families", loaded_at=func.now(), created_run_id=RUN, **values)
            session.add(made)
            session.flush()
            return int(made.id)

    def entry(self, key: str = "A-1", row: Any = None, **columns: Any) -> int:
        """An entry of quarantine; its id."""
        row = {"Art_Nr": key, "Gewicht": "heavy"} if row is None else row
        fault = {"code": "invalid_number", "field": "weight", "rule": None, "text": "This is no number."}
        given = {"pipeline": "families", "run_id": RUN, "kind": "bad", "stage": "transform", "errors": [fault]}
        with self.unit() as session:
            content = fingerprint(canonical(row))
            made = QuarantineEntry(key=key, row=row, content_hash=content, **(given | columns))
            session.add(made)
            session.flush()
            return made.id

    def conflict(self, ada: Person, *, sku: str = "A-1", **source: Any) -> tuple[int, int]:
        """A row that was loaded, then edited by a person, while the source went on; ids of the conflict and the row."""
        row_id = self.row("product", sku=sku, name="Chair", weight="1.500")
        ada.patch(f"catalogue/product/{row_id}", {"name": "Armchair"})
        with self.unit() as session:
            row = session.scalars(select(model_of("product")).where(model_of("product").id == row_id)).one()
            values = {"sku": sku, "name": "Chair, oak", "weight": "1.500"} | source
            made = SyncConflict(
                pipeline="families",
                run_id=RUN,
                table_name="product",
                row_id=row_id,
                key=sku,
                source_hash=fingerprint(canonical(values)),
                source_values=values,
                target_values={"sku": sku, "name": "Armchair", "weight": "1.500"},
                target_version=row.version,
                target_edited_at=row.edited_at,
                target_edited_by=row.edited_by,
            )
            session.add(made)
            session.flush()
            return made.id, row_id


def _as_loader(session: Session) -> None:
    session.execute(select(func.set_config("app.loading", "on", True)))


@pytest.fixture
def put(unit: Unit) -> Putting:
    return Putting(unit)
