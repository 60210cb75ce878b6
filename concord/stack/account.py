"""The unprivileged account of a stack that root starts: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """An existing system account; the stack makes none."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path, need: int = stat.S_IXOTH) -> bool:
        """Whether the account may enter every folder above `path` and do `need` (permission bits for others) on it."""
        path = path.resolve()
        return path.exists() and self._may(path, need) and all(self._may(above, stat.S_IXOTH) for above in path.parents)

    def own(self, paths: Iterable[Path]) -> None:
        for path in paths:
            os.chown(path, self.uid, self.gid)

    def as_arguments(self) -> dict[str, Any]:
        """For `subprocess.run`."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def _may(self, path: Path, need: int) -> bool:
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & need == need


def server_account(name: str) -> Account | None:
    """The account for the servers; None unless this process is root's, whose own account then serves."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise LookupError(f"there is no account {name!r} on this machine; set CONCORD_USER to one") from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def arguments_for(account: Account | None) -> dict[str, Any]:
    return account.as_arguments() if account else {}
