"""What becomes of items when they go from one version of a definition to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.workflow.domain.machines.definition import Edge, Machine

NO_IMAGE, NO_WAY_OUT = "no_image", "no_way_out"


@dataclass(frozen=True, slots=True)
class MachineMigration:
    """`images` maps states of the `old` version to states of the `new` one; what it leaves out has no image."""

    old: Machine
    new: Machine
    images: Mapping[str, str]

    def unknown(self) -> Iterator[tuple[str, str]]:
        """State and detail of each entry that speaks of states which the versions do not have."""
        for state, image in self.images.items():
            if state not in self.old.states:
                yield state, f"Version {self.old.version} of {self.old.name} has no state {state[:50]}."
            elif image not in self.new.states:
                yield state, f"Version {self.new.version} of {self.new.name} has no state {image[:50]}."

    def problem(self, state: str) -> str | None:
        """Why items in this state cannot go: nowhere to go to, or the end for what has not ended."""
        image = self.images.get(state)
        if image is None:
            return NO_IMAGE
        if state not in self.old.terminal and not self.new.targets(image, as_system=True):
            return NO_WAY_OUT
        return None

    @property
    def passable(self) -> list[str]:
        return [state for state in self.images if self.problem(state) is None]

    def edge(self, state: str) -> Edge:
        """The step from a state to its image, which no definition declares."""
        return Edge(state, self.images[state], "migrate", system_only=True)
