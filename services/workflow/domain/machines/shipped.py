"""The machines that come with this service, read once."""

from collections.abc import Iterable
from functools import cache

from services.workflow.definitions import texts
from services.workflow.domain.machines.definition import Machine
from services.workflow.domain.machines.reading import DefinitionFault, read


@cache
def machines() -> dict[str, Machine]:
    """The newest version of each machine, by name. Raises DefinitionFault."""
    newest: dict[str, Machine] = {}
    for machine in versions().values():
        if machine.name not in newest or machine.version > newest[machine.name].version:
            newest[machine.name] = machine
    return newest


@cache
def versions() -> dict[tuple[str, int], Machine]:
    """Every machine that an item may still stand on, by name and version."""
    found: dict[tuple[str, int], Machine] = {}
    for file, text in texts().items():
        machine = read(file, text)
        if (machine.name, machine.version) in found:
            raise DefinitionFault(file, "one_file_per_version", f"{machine.name} {machine.version} is there already")
        found[machine.name, machine.version] = machine
    return found


def machine_of(name: str, version: int) -> Machine:
    """The definition that an item stands on; the newest where that version is not shipped any more."""
    return versions().get((name, version)) or machines()[name]


def states_of(name: str) -> Iterable[str]:
    """Every state of any version, for the constraint of a table."""
    return dict.fromkeys(state for machine in versions().values() if machine.name == name for state in machine.states)
