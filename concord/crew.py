"""One worker for each of several queues, forked from one process that is prepared already: they share its memory."""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from shared.config import Settings
from shared.jobs import worker
from shared.jobs.performing import prepare
from shared.jobs.registry import JobRegistry
from shared.logging import configure

_STOPS = (signal.SIGTERM, signal.SIGINT)
_PAUSE_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


def run(queue_names: Sequence[str], settings: Settings, registry: JobRegistry) -> None:
    """Works until SIGTERM; a worker that ends, because it has done enough or because it was killed, is replaced."""
    configure(settings.log_level, settings.log_file)
    prepare(registry, settings)
    Crew(queue_names, lambda queue_name: worker.run(queue_name, settings)).run()


class Crew:
    """Processes that each do `work` for one of `posts`."""

    def __init__(self, posts: Sequence[str], work: Callable[[str], object]) -> None:
        self._posts, self._work = posts, work
        self._alive: dict[int, str] = {}
        self._is_stopping = False

    def run(self) -> None:
        for number in _STOPS:
            signal.signal(number, self._stop)
        for post in self._posts:
            self._man(post)
        while self._alive:
            pid, status = os.wait()
            post = self._alive.pop(pid)
            if status and not self._is_stopping:
                time.sleep(_PAUSE_SECONDS)  # what cannot start must not spin
            self._man(post)

    def _man(self, post: str) -> None:
        # A signal waits until the new worker is known, so that it is passed on to it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        if not self._is_stopping:
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._serve(post, parent)
            self._alive[pid] = post
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True
        for pid in self._alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _serve(self, post: str, parent: int) -> None:
        """The life of a worker; never returns."""
        code = 1
        try:
            for number in _STOPS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            if os.uname().sysname == "Linux":  # whoever kills the crew's parent ends the crew
                ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() == parent:
                self._work(post)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
