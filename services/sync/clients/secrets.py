"""Secrets by reference, read where and when they are used; they are kept nowhere else."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.sync.domain.secrets import Reference, is_well_named, reference
from services.sync.errors import SecretMissing

_MAX_BYTES = 64 * 1024


def _environment() -> Mapping[str, str]:
    return os.environ  # noqa: TID251 - the names are the users', so no settings class can list them


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets that one tenant's pipelines may refer to; files lie in a folder of the tenant's own."""

    tenant_id: uuid.UUID
    folder: Path
    environment: Mapping[str, str] = field(default_factory=_environment, repr=False)

    def resolve(self, value: Any) -> str:
        """The text of a secret; a value that is no reference is taken as it is. Raises SecretMissing."""
        found = reference(value)
        if found is None:
            return str(value)
        if not is_well_named(found):
            raise SecretMissing(found.kind, found.name)
        return self._from_environment(found) if found.kind == "env" else self._from_file(found)

    def resolved(self, section: Any) -> Any:
        """A copy of a configuration with every reference replaced. Raises SecretMissing."""
        if reference(section) is not None:
            return self.resolve(section)
        if isinstance(section, Mapping):
            return {key: self.resolved(value) for key, value in section.items()}
        return [self.resolved(value) for value in section] if isinstance(section, list) else section

    def _from_environment(self, found: Reference) -> str:
        value = self.environment.get(found.name)
        if not value:
            raise SecretMissing(found.kind, found.name)
        return value

    def _from_file(self, found: Reference) -> str:
        folder = (self.folder / str(self.tenant_id)).resolve()
        path = (folder / found.name).resolve()
        try:
            if path.parent != folder and folder not in path.parents:
                raise SecretMissing(found.kind, found.name)
            with path.open("rb") as file:
                return file.read(_MAX_BYTES).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise SecretMissing(found.kind, found.name) from None
