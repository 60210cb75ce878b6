"""What every service has of the console: the frame around its pages, their files, log-in, and failures as pages."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

import flask
from whitenoise import WhiteNoise

from shared.access import open_to_everybody
from shared.config import Settings
from shared.console import assets, failures, login, reference, sessions
from shared.console.pages import Pages, address_of, at_cursor, came_from, is_partial, return_to
from shared.problems import respond

YEAR_SECONDS = 365 * 86400


def register(app: flask.Flask, settings: Settings, *, title: str, pages: Sequence[Pages]) -> None:
    """After the API: its failures are shown by this, too, where they happen on a page."""
    service = settings.service
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Ours are found from every blueprint, whose own templates come first.
    app.register_blueprint(flask.Blueprint("console", __name__, template_folder="templates"))
    app.register_blueprint(login.blueprint_of(service))
    for each in pages:
        app.register_blueprint(each)
    menu = [entry for each in pages for entry in each.menu]
    if menu and not any(rule.rule == f"/{service}/" for rule in app.url_map.iter_rules()):
        app.add_url_rule(f"/{service}/", "start", open_to_everybody(lambda: flask.redirect(menu[0].path)))
    app.jinja_env.filters["at_cursor"] = at_cursor
    app.context_processor(lambda: _context(app, settings, pages))
    reference.register(app, service=service, title=title)
    for kind in tuple(app.error_handler_spec[None][None]):
        app.register_error_handler(kind, lambda error: failures.shown(error, respond))
    prefix = f"/{service}/_ui/{assets.digest()}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=assets.folder() if assets.folder().is_dir() else None,
        prefix=prefix,
        max_age=YEAR_SECONDS,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
    )


def _context(app: flask.Flask, settings: Settings, pages: Sequence[Pages]) -> dict[str, Any]:
    """What the templates of all pages know; `m` are the macros, which know it too."""
    context, service = flask.g.get("context"), settings.service
    held = context.permissions if context else frozenset()
    note = _note()
    known = {
        "layout": "console/fragment.html" if is_partial() else "console/page.html",
        "ui": f"/{service}/_ui/{assets.digest()}",
        "service": service,
        "services": settings.console_services or [service],
        "menu": [entry for each in pages for entry in each.menu if entry.permission in held],
        "section": _section(pages),
        "person": context,
        "may": lambda permission: permission in held,
        "url": lambda path="": f"/{service}{path}",
        "here": address_of(flask.request.path, flask.request.args),
        "back": return_to(),
        "note": note,
        "kept_note": quote(note) if note else None,
        "moved": came_from() != flask.request.path,
        "args": flask.request.args,
        "problem": flask.g.get("problem"),
        "typed": flask.g.get("typed", {}),
    }
    macros = app.jinja_env.get_template("console/macros.html")
    return known | {"m": macros.make_module(known)}


def _note() -> str | None:
    """What the last form said of itself: once, and as long as the page shows itself anew."""
    carried = sessions.carried("note")
    return carried["text"] if carried else unquote(flask.request.headers.get("Concord-Note", "")) or None


def _section(pages: Sequence[Pages]) -> str | None:
    """The menu's entry that the present page belongs to: its own, else the first one of its module."""
    entries = [entry.path for each in pages if each.name == flask.request.blueprint for entry in each.menu]
    return flask.request.path if flask.request.path in entries else next(iter(entries), None)
