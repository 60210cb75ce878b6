from collections.abc import Mapping
from typing import Any

import pytest

from services.propagation.domain.error_handling import ErrorHandling
from services.propagation.domain.settings import Layer, Mode, effective, faults, run_options

SERVICE: dict[str, Any] = {
    "auto_regenerate_strings": True,
    "enable_inheritance_propagation": True,
    "strict_auto_regeneration": False,
    "propagation_mode": "automatic",
    "error_handling": "continue",
    "max_inheritance_depth": 10,
    "field_propagation_rules": {"default": "inherit_always"},
    "parallel_propagation": True,
    "max_parallel_workers": 4,
    "propagation_timeout_seconds": 300,
    "background_processing_threshold": 100,
}


def resolve(
    workspace: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
    request: dict[str, Any] | None = None,
    service: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Layer]]:
    layers = {
        Layer.SERVICE: SERVICE | dict(service or {}),
        Layer.WORKSPACE: workspace,
        Layer.USER: user,
        Layer.REQUEST: request,
    }
    return dict(effective(layers))


def test_the_service_decides_where_nobody_else_speaks() -> None:
    settings = resolve()
    assert settings["max_inheritance_depth"] == (10, Layer.SERVICE)
    assert settings["default_propagation_enabled"] == (True, Layer.SERVICE)
    assert settings["notification_preferences"][0] == {"on_completion": True, "on_errors": True}


def test_the_layer_nearest_to_the_request_decides() -> None:
    workspace, user, request = {"max_inheritance_depth": 3}, {"default_propagation_depth": 4}, {"max_depth": 5}
    assert resolve(workspace)["max_inheritance_depth"] == (3, Layer.WORKSPACE)
    assert resolve(workspace, user)["max_inheritance_depth"] == (4, Layer.USER)
    assert resolve(workspace, user, request)["max_inheritance_depth"] == (5, Layer.REQUEST)
    assert resolve(workspace, user, {"propagation_depth": 6})["max_inheritance_depth"] == (6, Layer.REQUEST)
    assert resolve(workspace, user, {"max_depth": None})["max_inheritance_depth"] == (4, Layer.USER)


@pytest.mark.parametrize("name", ["auto_regenerate_strings", "enable_inheritance_propagation"])
def test_off_at_either_layer_wins(name: str) -> None:
    assert resolve({name: False})[name] == (False, Layer.WORKSPACE)
    assert resolve({name: True}, service={name: False})[name] == (False, Layer.SERVICE)
    assert resolve({name: True})[name] == (True, Layer.WORKSPACE)


def test_strict_at_either_layer_wins_and_rolls_back() -> None:
    assert resolve({"strict_auto_regeneration": True})["strict_auto_regeneration"] == (True, Layer.WORKSPACE)
    strict = effective(
        {Layer.SERVICE: SERVICE | {"strict_auto_regeneration": True}, Layer.REQUEST: {"error_handling": "stop"}}
    )
    assert run_options(strict).error_handling is ErrorHandling.ROLLBACK


def test_a_workspace_lowers_what_it_may_not_raise() -> None:
    assert resolve({"max_parallel_workers": 2})["max_parallel_workers"] == (2, Layer.WORKSPACE)
    assert resolve({"max_parallel_workers": 9})["max_parallel_workers"] == (4, Layer.SERVICE)
    assert resolve({"propagation_timeout_seconds": 900})["propagation_timeout_seconds"] == (300, Layer.SERVICE)
    assert resolve({"background_processing_threshold": 900})["background_processing_threshold"][0] == 900


def test_keys_of_another_layer_say_nothing() -> None:
    assert resolve(user={"auto_regenerate_strings": False})["auto_regenerate_strings"] == (True, Layer.SERVICE)
    assert resolve({"auto_preview_enabled": True})["auto_preview_enabled"] == (False, Layer.SERVICE)


def test_manual_mode_is_not_overruled_by_propagate_but_by_mode() -> None:
    layers: dict[Layer, Mapping[str, Any] | None] = {
        Layer.SERVICE: SERVICE,
        Layer.WORKSPACE: {"propagation_mode": "manual"},
    }
    asked = effective({**layers, Layer.REQUEST: {"propagate": True}})
    moded = effective({**layers, Layer.REQUEST: {"mode": "automatic"}})
    assert (run_options(asked).mode, run_options(asked).propagate) == (Mode.MANUAL, False)
    assert run_options(moded).propagate
    assert not run_options(effective({Layer.SERVICE: SERVICE, Layer.REQUEST: {"propagate": False}})).propagate


def test_one_worker_without_parallel_processing() -> None:
    assert run_options(effective({Layer.SERVICE: SERVICE})).workers == 4
    alone = effective({Layer.SERVICE: SERVICE, Layer.REQUEST: {"parallel_processing": False}})
    assert run_options(alone).workers == 1


@pytest.mark.parametrize("depth", [0, 51, 100, "5", True, 2.0])
def test_depths_outside_1_to_50_are_faults(depth: object) -> None:
    found = faults(Layer.WORKSPACE, {"max_inheritance_depth": depth}, dimension_names=())
    assert [(fault.pointer, fault.code) for fault in found] == [("/max_inheritance_depth", "invalid")]


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({"colour": 1}, ["/colour"]),
        ({"max_inheritance_depth": 5}, ["/max_inheritance_depth"]),
        ({"field_propagation_rules": []}, ["/field_propagation_rules"]),
        ({"field_propagation_rules": {"dimension_value:Brand": "inherit_always"}}, []),
        ({"field_propagation_rules": {"dimension_value:Nope": "inherit_always"}}, [
            "/field_propagation_rules/dimension_value:Nope"]),
        ({"field_propagation_rules": {"default": "inherit"}}, ["/field_propagation_rules/default"]),
        ({"field_propagation_rules": {"default": ["x"]}}, ["/field_propagation_rules/default"]),
        ({"propagation_mode": "sometimes", "error_handling": "stop"}, ["/propagation_mode"]),
        ({"notification_preferences": {"on_errors": False}, "auto_preview_enabled": True}, []),
        ({"notification_preferences": {"on_mondays": True}}, ["/notification_preferences"]),
        ({"default_propagation_depth": None}, []),
    ],
)  # fmt: skip
def test_what_a_user_may_store(values: dict[str, object], pointers: list[str]) -> None:
    found = faults(Layer.USER, values, dimension_names={"Brand"})
    assert [fault.pointer for fault in found] == pointers
