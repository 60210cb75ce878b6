"""How the services' applications are served: the arguments of gunicorn for the two kinds of web process."""

import sys

from concord.catalogue import Service

# One process with threads: metrics need no files in common, and the limits of time stand in one chain
# (gateway 30 s > this 25 s > statement 15 s > lock 3 s).
_THREADS = (
    *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
    *("--keep-alive", "75", "--timeout", "25", "--graceful-timeout", "15"),
)
# Streams end by themselves after a minute; nobody should have to wait for that when the process stops.
_STREAMS = ("--worker-class", "gevent", "--workers", "1", "--keep-alive", "75", "--graceful-timeout", "2")


def web_command(service: Service, bind: str) -> tuple[str, ...]:
    return _gunicorn(bind, *_THREADS, service.factory)


def stream_command(bind: str, *services: str) -> tuple[str, ...]:
    """The streams of these services, of all that are installed if none is named."""
    return _gunicorn(bind, *_STREAMS, f"concord.stream:create_app({', '.join(map(repr, services))})")


def _gunicorn(bind: str, *arguments: str) -> tuple[str, ...]:
    # The control socket would be opened in the account's home folder.
    return (sys.executable, "-m", "gunicorn", "--bind", bind, "--no-control-socket", *arguments)
