"""Who may ask what of whom: one table for the whole product, and each service's configuration agrees with it."""

from importlib import import_module

import pytest

from concord.catalogue import installed_names

CALLS = {
    "propagation": {"workflow": {"approval.request"}},
    "sync": {
        "validation": {"rules.evaluate"},
        "workflow": {"approval.request", "ticket.create"},
        "propagation": {"value.edit", "string.edit", "string.view", "job.view"},
    },
    "validation": {"workflow": {"ticket.create"}},
    "workflow": {"sync": {"approval.callback"}, "propagation": {"approval.callback"}},
}


@pytest.mark.parametrize("service", installed_names())
def test_a_service_asks_for_what_was_agreed_and_nothing_else(service: str) -> None:
    configured = import_module(f"services.{service}.config").CALLS
    assert {callee: set(permissions) for callee, permissions in configured.items()} == CALLS[service]
