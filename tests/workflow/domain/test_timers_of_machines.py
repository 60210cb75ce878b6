"""Clocks and timers of a definition are checked like its edges."""

import pytest

from services.workflow.domain.machines.reading import DefinitionFault, Known, check_names, read
from tests.workflow.domain.test_machines import SOUND


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('[clocks.answer]\nruns_in = ["NOWHERE"]\nhours = 1', "clock_runs_in_states"),
        ("[clocks.answer]\nruns_in = []\nhours = 1", "clock_runs_in_states"),
        ("[clocks.answer]\nhours = 1", "complete"),
        ('[clocks.answer]\nruns_in = ["ON"]\nhours = 1\nsurprise = 1', "complete"),
        ('[timers.rest]\nstate = "NOWHERE"\nevent = "reminder"', "timer_has_a_state"),
        ('[timers.rest]\nstate = "BROKEN"\nevent = "reminder"', "timer_has_a_state"),
        ('[timers.rest]\nstate = "ON"', "timer_does_one_thing"),
        ('[timers.rest]\nstate = "ON"\nevent = "reminder"\ntarget = "OFF"', "timer_does_one_thing"),
        ('[timers.rest]\nstate = "ON"\ntarget = "ON"', "timer_takes_an_edge"),
    ],
)
def test_a_broken_rule_is_named(text: str, rule: str) -> None:
    with pytest.raises(DefinitionFault) as fault:
        read("light.toml", f"{SOUND}\n{text}\n")
    assert fault.value.rule == rule


def test_an_action_has_to_exist() -> None:
    machine = read("light.toml", f'{SOUND}\n[timers.rest]\nstate = "ON"\naction = "dim"\nhours = 2\n')
    check_names("light.toml", machine, Known(actions={("light", "dim")}))
    with pytest.raises(DefinitionFault) as fault:
        check_names("light.toml", machine, Known(actions={("ticket", "dim")}))
    assert fault.value.rule == "actions_exist"
