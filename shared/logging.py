"""Log lines as JSON on standard output, in one shape for our own loggers and those of libraries.

Who and what a line is about comes from context variables (`bind`), so that no call has to repeat it.
"""

import json
import logging
import logging.handlers
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import structlog

EventDict = MutableMapping[str, Any]
Redactor = Callable[[EventDict], EventDict]

# The names under which a line says whom it concerns; nginx writes the same ones.
CONTEXT_NAMES = ("correlation_id", "origin_correlation_id", "service", "tenant", "actor", "job_id", "attempt")

_redactors: list[Redactor] = []


def configure(level: str = "INFO", file: Path | None = None) -> None:
    """Sets up logging of this process; calling it again replaces the former setup.

    gunicorn and rq write through the standard library and come out in the same shape, from this call on: a worker
    makes it when the app is made, gunicorn's master in `on_starting`.
    """
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _redact,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Rotation by moving the file away works: the handler notices and opens a new one.
        handlers.append(logging.handlers.WatchedFileHandler(file, encoding="utf-8"))
    _replace_handlers(handlers, formatter, level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact_with(redactor: Redactor) -> None:
    """Adds a function through which every line passes before it is written; it returns what may be written."""
    if redactor not in _redactors:
        _redactors.append(redactor)


@contextmanager
def bind(**values: Any) -> Iterator[None]:
    """Adds context to each line written inside the block; values of None are left out."""
    given = {name: value for name, value in values.items() if value is not None}
    with structlog.contextvars.bound_contextvars(**given):
        yield


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for redactor in _redactors:
        event = redactor(event)
    return event


def _dumps(value: Any, **_ignored: Any) -> str:
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a surrogate pair, a number beyond 64 bits: strange input must not cost the line
        return json.dumps(value, default=str, skipkeys=True)


def _replace_handlers(handlers: list[logging.Handler], formatter: logging.Formatter, level: str) -> None:
    root = logging.getLogger()
    for former in [handler for handler in root.handlers if getattr(handler, "concord", False)]:
        root.removeHandler(former)
        former.close()
    for handler in handlers:
        handler.concord = True  # type: ignore[attr-defined]  # so that a second call finds what it replaces
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)
    for name in ("gunicorn.error", "gunicorn.access", "rq.worker", "werkzeug", "alembic"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # One line for each outgoing call or statement is noise below debugging.
    for name in ("httpx2", "httpcore2", "sqlalchemy.engine"):
        logging.getLogger(name).setLevel(logging.WARNING)
