"""Where a stack keeps its files.

`CONCORD_HOME` holds what lasts (data, keys, logs); sockets and working folders lie in a short-lived run folder below
the system's temporary folder, linked from the home, because the path of a socket may not exceed about 100 bytes.
"""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from concord.stack.account import Account

LONGEST_RUN_PATH = 60
SHORT_TEMPORARY_FOLDER = Path("/tmp")  # noqa: S108 - the folder made in it is checked for its owner
SHELTER = Path("/var/lib")


class HomeUnusable(Exception):
    """The folder cannot serve; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    root: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def files(self) -> Path:
        """Of the person whose stack it is: what pipelines may read."""
        return self.root / "files"

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    @property
    def secret_key_file(self) -> Path:
        return self.root / "secrets" / "secret-key"

    @property
    def run(self) -> Path:
        """The remembered run folder, else the one to be made."""
        link = self.root / "run"
        if link.is_symlink():
            return link.readlink()
        name = f"concord-{os.geteuid()}-{self._digest}"
        folder = Path(tempfile.gettempdir()).resolve() / name
        return folder if len(os.fsencode(folder)) <= LONGEST_RUN_PATH else SHORT_TEMPORARY_FOLDER.resolve() / name

    @property
    def supervisor_socket(self) -> Path:
        return self.run / "supervisor.sock"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:8]

    def data(self, account: Account | None) -> Path:
        """Folder of the servers' data, made if needed.

        It lies in the home; where their account cannot get there (a closed home of root), the home has a link to it.
        """
        place = self.root / "data"
        if place.is_symlink():
            return place.readlink()
        if not place.is_dir() and account is not None and not account.reaches(self.root):
            shelter = SHELTER / f"concord-{self._digest}"
            shelter.mkdir(mode=0o711, exist_ok=True)
            place.symlink_to(shelter)
            return shelter
        place.mkdir(mode=0o711, exist_ok=True)
        return place

    def prepare(self, account: Account | None) -> None:
        """Makes all folders; safe to repeat."""
        for folder, mode in (
            (self.root, 0o711),
            (self.logs, 0o755),
            (self.keys, 0o755),
            (self.files, 0o755),
            (self.programs, 0o700),
            (self.secret_key_file.parent, 0o711),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)
        self._prepare_run(account)
        link = self.root / "run"
        if not link.is_symlink():
            link.symlink_to(self.run)

    def _prepare_run(self, account: Account | None) -> None:
        run = self.run
        run.mkdir(mode=0o700, exist_ok=True)
        # Anyone may write into the temporary folder: trust only what is a folder and ours.
        if run.is_symlink() or not run.is_dir() or run.lstat().st_uid != os.geteuid():
            raise HomeUnusable(f"{run} belongs to somebody else; remove it or set TMPDIR and delete {self.root}/run")
        run.chmod(0o711 if account else 0o700)
        for folder in (self.logs, self.programs):
            if not (run / folder.name).is_symlink():
                (run / folder.name).symlink_to(folder)

    def folder_of(self, program: str, account: Account | None, *, owner: Account | None) -> Path:
        """Working folder of a program; closed to all but its owner and the stack's account."""
        folder = self.run / program
        folder.mkdir(exist_ok=True)
        if account is not None:
            os.chown(folder, owner.uid if owner else 0, account.gid)
        folder.chmod(0o750)
        return folder

    def read(self, name: str) -> dict[str, Any]:
        path = self.root / name
        content: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return content

    def write(self, name: str, content: dict[str, Any]) -> bool:
        """Writes JSON that only the owner may read; True if it differs from what stood there."""
        path = self.root / name
        text = json.dumps(content, indent=1, sort_keys=True)
        if path.is_file() and path.read_text() == text:
            return False
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        write_private(path, text)
        return True

    def passwords(self, name: str, roles: tuple[str, ...]) -> dict[str, str]:
        """Random passwords, made once and kept."""
        known = self.read("secrets/passwords.json")
        if name not in known:
            known[name] = {role: secrets.token_urlsafe(24) for role in roles}
            self.write("secrets/passwords.json", known)
        made: dict[str, str] = known[name]
        return made

    def secret_key(self, owner: Account | None) -> Path:
        if not self.secret_key_file.is_file():
            write_private(self.secret_key_file, secrets.token_urlsafe(48))
        if owner is not None:
            owner.own([self.secret_key_file])
        return self.secret_key_file

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One `up` or `down` at a time."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                raise HomeUnusable(f"another `concord up` or `down` is at work in {self.root}") from error
            yield

    def wipe(self) -> None:
        """Removes everything, also the data."""
        place = self.root / "data"
        if place.is_symlink():
            shutil.rmtree(place.readlink(), ignore_errors=True)
        self.remove_run()
        shutil.rmtree(self.root)

    def remove_run(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)
        (self.root / "run").unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    temporary.rename(path)
