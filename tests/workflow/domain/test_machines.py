"""Definitions: the shipped ones are what they should be, and each broken rule is named with its file."""

import pytest

from services.workflow.config import KNOWN_PERMISSIONS
from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.checking import came_to_facts, judge
from services.workflow.domain.machines.reading import DefinitionFault, Known, check_names, read
from services.workflow.domain.machines.shipped import machine_of, machines, versions
from services.workflow.operations.lifecycles import check_definitions

SOUND = """
name = "light"
version = 1
[states]
OFF = { initial = true }
ON = {}
BROKEN = { terminal = true }
[[edges]]
from = "OFF"
to = "ON"
verb = "switch_on"
permissions = ["workorder.transition"]
[[edges]]
from = "ON"
to = "OFF"
verb = "switch_off"
[[edges]]
from = ["OFF", "ON"]
to = "BROKEN"
verb = "break"
system_only = true
"""
EXTRA = '\n[[edges]]\nfrom = "{}"\nto = "{}"\nverb = "{}"\n'


def test_the_shipped_machines() -> None:
    ends = {name: (machine.initial, set(machine.terminal)) for name, machine in machines().items()}
    assert ends == {
        "work_order": ("DRAFT", {"CLOSED", "CANCELLED"}),
        "permit": ("NOT_REQUIRED", {"APPROVED"}),
        "task": ("ASSIGNED", {"AUTOCLOSED"}),
        "checkpoint": ("ASSIGNED", {"COMPLETED", "AUTOCLOSED"}),
        "attendance": ("PENDING", {"LOCKED"}),
        "ticket": ("NEW", {"CLOSED", "CANCELLED"}),
        "approval": ("PENDING", {"APPROVED", "REJECTED", "EXPIRED", "CANCELLED"}),
    }
    check_definitions()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("OFF = { initial = true }", "OFF = {}", "one_initial_state"),
        ("ON = {}", "ON = { initial = true }", "one_initial_state"),
        ("ON = {}", "ON = {}\nlow = {}", "state_names"),
        ('to = "ON"', 'to = "DIM"', "states_known"),
        ("ON = {}", "ON = {}\nDIM = {}", "has_a_way_out"),
        ("ON = {}", "ON = { terminal = true }", "terminal_is_final"),
        ('name = "light"', "", "complete"),
        ("version = 1", "version = 1\nbrand = 7", "complete"),
        ("version = 1", "version 1", "readable"),
        ('verb = "break"', 'verb = "break"\nsurprise = true', "complete"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, rule: str) -> None:
    with pytest.raises(DefinitionFault) as fault:
        read("light.toml", SOUND.replace(old, new, 1))
    assert (fault.value.file, fault.value.rule) == ("light.toml", rule)
    assert str(fault.value).startswith(f"light.toml: {rule}: ")


@pytest.mark.parametrize(
    ("edge", "rule"),
    [
        (("OFF", "ON", "again"), "no_duplicate_edge"),
        (("BROKEN", "OFF", "repair"), "terminal_is_final"),
    ],
)
def test_edges_that_break_rules(edge: tuple[str, str, str], rule: str) -> None:
    with pytest.raises(DefinitionFault) as fault:
        read("light.toml", SOUND + EXTRA.format(*edge))
    assert fault.value.rule == rule


def test_what_cannot_be_reached_is_noticed() -> None:
    lonely = SOUND.replace("ON = {}", "ON = {}\nDIM = {}") + EXTRA.format("DIM", "ON", "brighten")
    with pytest.raises(DefinitionFault) as fault:
        read("light.toml", lonely)
    assert fault.value.rule == "can_be_reached"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('permissions = ["nobody.has"]', "permissions_exist"),
        ('guards = ["nobody_wrote"]', "guards_exist"),
        ('effects = ["nobody_wrote"]', "effects_exist"),
    ],
)
def test_names_have_to_exist(line: str, rule: str) -> None:
    machine = read("light.toml", SOUND.replace('verb = "switch_off"', f'verb = "switch_off"\n{line}'))
    with pytest.raises(DefinitionFault) as fault:
        check_names("light.toml", machine, Known(KNOWN_PERMISSIONS, frozenset(), frozenset()))
    assert fault.value.rule == rule


def test_a_system_edge_does_not_exist_for_others() -> None:
    machine = read("light.toml", SOUND)
    assert machine.edge("ON", "BROKEN") is None
    assert machine.edge("ON", "BROKEN", as_system=True) is not None
    assert machine.targets("ON") == ["OFF"]
    assert machine.targets("ON", as_system=True) == ["OFF", "BROKEN"]
    assert "break" not in machine.verbs


def test_without_an_actor_only_the_graph_answers() -> None:
    machine = machines()["ticket"]
    verdict = judge(machine, "NEW", "OPEN", Ask())
    assert [(found.code, found.status) for found in verdict.findings] == [("actor_missing", 403)]
    assert verdict.allowed_targets == ["OPEN", "INPROGRESS", "CANCELLED"]
    assert not came_to_facts(verdict)
    assert judge(machine, "NEW", "new ", Ask()).unchanged
    assert [found.code for found in judge(machine, "NEW", "CLOSED", Ask()).findings] == ["transition_not_allowed"]
    assert judge(machine, "NEW", "OPEN", Ask(as_system=True)).passes


def test_states_are_known_in_any_case() -> None:
    machine = machines()["task"]
    assert machine.state_named(" inprogress\n") == "INPROGRESS"
    assert machine.state_named("IN PROGRESS") is None


def test_an_item_stays_on_its_version() -> None:
    assert machine_of("task", 1) is versions()["task", 1]
    assert machine_of("task", 99) is machines()["task"]
