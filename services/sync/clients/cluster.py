"""A Dask cluster that exists already: its workers call one function, on whatever machines they are.

Its packages are the group `dask`. Functions travel by their name, so workers need this service and its settings.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from services.sync.errors import AdapterNotInstalled, ClusterUnavailable

if TYPE_CHECKING:
    from distributed import Client, Future

Given = TypeVar("Given")

GROUP = "dask"
CONNECT_SECONDS = 10
LOOK_SECONDS = 1


def is_installed() -> bool:
    return find_spec("distributed") is not None


def outcomes(
    address: str,
    function: Callable[[Given], object],
    given: Sequence[Given],
    *,
    at_once: int,
    watch: Callable[[], None],
) -> Generator[BaseException | None]:
    """How each call ended, in the order in which they end: None, or what it raised.

    `watch` is called every second, also while no worker has taken anything; what it raises ends the waiting, and the
    scheduler forgets what has not begun. Raises AdapterNotInstalled, ClusterUnavailable.
    """
    waiting = iter(given)
    with _connected(address) as client:
        running = {_begun(client, function, one) for one in islice(waiting, at_once)}
        while running:
            watch()
            for future in _ended(running):
                running.discard(future)
                yield future.exception()
                running |= {_begun(client, function, one) for one in islice(waiting, 1)}


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    if not is_installed():
        raise AdapterNotInstalled("The executor dask", GROUP)
    from distributed import Client  # it weighs more than all other executors together

    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as failure:  # a time-out is an OSError
        raise ClusterUnavailable("The scheduler of the executor dask does not answer.") from failure
    with client, client.as_current():
        yield client


def _begun(client: "Client", function: Callable[[Given], object], given: Given) -> "Future[object]":
    """Never the remembered result of an equal call."""
    return client.submit(function, given, pure=False)


def _ended(running: set["Future[object]"]) -> set["Future[object]"]:
    from distributed import wait

    try:
        return set(wait(running, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()
    except CancelledError as failure:
        raise ClusterUnavailable("The scheduler of the executor dask has lost the parts of this run.") from failure
