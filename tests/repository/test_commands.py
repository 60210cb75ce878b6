"""The tree of commands: what prints data can print it for programs."""

from collections.abc import Iterator
from typing import Any

import rich_click as click

from concord.cli import cli

# Commands without --json, and why.
PROGRAMS = {"web", "relay", "worker", "stream"}  # run until they are stopped
# Do something, and tell people how far they are.
NOTES_ONLY = {"down", "restore", "secrets", "migrate", *(f"config profile {word}" for word in ("set", "use", "remove"))}
ONE_TEXT = {"token", "login", "logs"}  # print one thing as it is, to be used as it is


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield " ".join((*path, name)), command


def test_what_prints_data_can_print_it_as_json() -> None:
    without = {path for path, command in commands(cli) if not any("--json" in each.opts for each in command.params)}
    assert without == PROGRAMS | NOTES_ONLY | ONE_TEXT
