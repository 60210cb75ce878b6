"""A replica of a Valkey, and three Sentinels that make it the primary once they are told not to be patient."""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.faults.servers import Valkey, wait_until

NAME, QUORUM, OTHERS = "concord", 2, 2
# In milliseconds; left to themselves they look every one to ten seconds.
_BRISK = {"info-period": 100, "ping-period": 100, "ask-period": 100, "publish-period": 100, "election-timeout": 1000}
_IMPATIENT = {"down-after-milliseconds": 500, "failover-timeout": 3000}


@dataclass
class Replica(Valkey):
    primary: Valkey = field(kw_only=True)

    def arguments(self) -> list[str]:
        return [*super().arguments(), "--replicaof", "127.0.0.1", str(self.primary.port)]


@dataclass
class Sentinel(Valkey):
    def arguments(self) -> list[str]:
        file = self.folder / "sentinel.conf"  # where it writes what it finds out
        file.touch()
        return [str(file), "--sentinel", "--port", str(self.port), "--bind", "127.0.0.1"]

    def watch(self, primary: Valkey) -> None:
        """Forgets what it knows and watches this one, for half a minute without a word from it."""
        with self.client() as client:
            if NAME in client.sentinel_masters():
                client.sentinel_remove(NAME)
            client.sentinel_monitor(NAME, "127.0.0.1", primary.port, QUORUM)
            client.execute_command("SENTINEL", "DEBUG", *(part for pair in _BRISK.items() for part in pair))

    def hurry(self) -> None:
        with self.client() as client:
            for option, milliseconds in _IMPATIENT.items():
                client.sentinel_set(NAME, option, milliseconds)

    def primary_port(self) -> int:
        with self.client() as client:
            return int(client.sentinel_master(NAME)["port"])

    def knows_all(self) -> bool:
        with self.client() as client:
            replicas = client.sentinel_slaves(NAME)
            others = client.sentinel_master(NAME)["num-other-sentinels"]
        return others == OTHERS and [replica["master-link-status"] for replica in replicas] == ["ok"]


class Sentinels:
    """All of them; `url` is what the settings of a service say."""

    def __init__(self, primary: Valkey) -> None:
        self.primary, self.replica = primary, Replica(primary=primary)
        self._each = [Sentinel() for _ in range(1 + OTHERS)]
        addresses = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self._each)
        self.url = f"redis+sentinel://{addresses}/{NAME}/0"

    def start(self) -> None:
        for server in (self.replica, *self._each):
            server.start()
        for sentinel in self._each:
            sentinel.watch(self.primary)

    def stop(self) -> None:
        for server in (*self._each, self.replica):
            server.stop(signal.SIGKILL)

    @contextlib.contextmanager
    def alert(self) -> Iterator[None]:
        """Within it a primary that is silent loses its place; afterwards everything is as it was before."""
        wait_until(lambda: all(sentinel.knows_all() for sentinel in self._each), "sentinels that know each other")
        for sentinel in self._each:
            sentinel.hurry()
        try:
            yield
        finally:
            self.replica.kill()
            if not self.primary.answers():
                self.primary.start()
            self.replica.start()
            for sentinel in self._each:
                sentinel.watch(self.primary)

    def have_promoted(self) -> bool:
        return all(sentinel.primary_port() == self.replica.port for sentinel in self._each)
