"""What the lists of items, and the bulk calls that choose by their filters, take."""

import pytest

from services.workflow.routes import approvals, attendance, tasks, tickets, work_orders
from services.workflow.routes.items import Items
from shared.listing import ListArgs

RESOURCES = (approvals.RESOURCE, attendance.RESOURCE, tasks.RESOURCE, tickets.RESOURCE, work_orders.RESOURCE)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.entity.path)
def test_every_name_that_is_taken_narrows_the_list(resource: Items) -> None:
    named = resource.args._declared_fields.keys() - ListArgs._declared_fields.keys()
    assert named == resource.listing.filters.keys()
