"""Named ways to reach an installation, an address and a token each, in a file that only their owner may read."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from concord.stack.home import write_private


class ProfileUnknown(LookupError):
    """The text names those that there are."""


class ProfilesUnreadable(ValueError):
    """The file is not one of ours."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A token goes to this address and nowhere else."""

    address: str
    token: str | None = None


@dataclass(slots=True)
class Profiles:
    """`current` is the one that counts where none is named; None is the stack on this machine."""

    file: Path
    known: dict[str, Profile]
    current: str | None = None

    @classmethod
    def read(cls, file: Path) -> "Profiles":
        """Raises ProfilesUnreadable."""
        if not file.is_file():
            return cls(file, {})
        try:
            content = json.loads(file.read_text())
            known = {name: Profile(**each) for name, each in content["profiles"].items()}
            return cls(file, known, content["current"])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ProfilesUnreadable(f"{file} is not readable as profiles; mend it or remove it") from error

    def save(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {name: asdict(profile) for name, profile in sorted(self.known.items())}
        write_private(self.file, json.dumps({"current": self.current, "profiles": kept}, indent=1))

    def named(self, name: str) -> Profile:
        """Raises ProfileUnknown."""
        if name not in self.known:
            raise ProfileUnknown(f"there is no profile {name!r}; known: {', '.join(sorted(self.known)) or 'none'}")
        return self.known[name]

    def chosen(self, name: str | None) -> Profile | None:
        """The one of this name, else the current one, if any. Raises ProfileUnknown."""
        wanted = name or self.current
        return self.named(wanted) if wanted else None
