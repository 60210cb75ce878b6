"""What a check of a configuration or a request finds: where, which rule, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`pointer` is a JSON pointer, relative to what was checked."""

    pointer: str
    code: str
    text: str

    def below(self, pointer: str) -> "Finding":
        """The same finding, seen from a document in which what was checked stands at `pointer`."""
        return Finding(pointer + self.pointer, self.code, self.text)
