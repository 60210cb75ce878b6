"""The tree of commands. A command's module is imported when it is used, so that small ones stay quick."""

from importlib import import_module
from typing import Any

import rich_click as click

from concord.catalogue import SERVICES, installed_names

# Order of the help page.
_COMMANDS = {
    "up": "concord.commands.stack:up",
    "down": "concord.commands.stack:down",
    "status": "concord.commands.stack:status",
    "logs": "concord.commands.stack:logs",
    "doctor": "concord.commands.doctor:doctor",
    "demo": "concord.commands.demo:demo",
    "token": "concord.commands.token:token",
    "login": "concord.commands.login:login",
    "config": "concord.commands.config:config",
    "audit": "concord.commands.audit:audit",
    "trace": "concord.commands.trace:trace",
    "jobs": "concord.commands.jobs:jobs",
    "api": "concord.commands.api:api",
    "propagation": "services.propagation.commands:propagation",
    "workflow": "services.workflow.commands:workflow",
    "sync": "services.sync.commands:sync",
    "validation": "services.validation.commands:validation",
    "backup": "concord.commands.backup:backup",
    "restore": "concord.commands.backup:restore",
    "secrets": "concord.commands.secrets:secrets",
    "migrate": "concord.commands.processes:migrate",
    "web": "concord.commands.processes:web",
    "relay": "concord.commands.processes:relay",
    "worker": "concord.commands.processes:worker",
    "stream": "concord.commands.processes:stream",
}


# Short names of what is used much, and the words that they stand for.
SHORT = {
    "propagate": ("propagation",),
    "validate": ("validation", "validate_data_integrity"),
    "monitor": ("validation", "monitor_validation"),
    "rejects": ("sync", "quarantine"),
}


class LazyGroup(click.RichGroup):
    """A group that knows the names of its commands, and their code only on use."""

    def list_commands(self, _context: click.Context) -> list[str]:
        absent = set(SERVICES) - set(installed_names())
        return [name for name in _COMMANDS if name not in absent]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own, *words = SHORT.get(name, (name,))
        if own not in self.list_commands(context):
            return None
        module, _, attribute = _COMMANDS[own].partition(":")
        command: Any = getattr(import_module(module), attribute)
        for word in words:
            command = command.get_command(context, word)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="concord")
@click.option("--profile", envvar="CONCORD_PROFILE", metavar="NAME", help="See `config profile`; CONCORD_PROFILE.")
@click.pass_context
def cli(context: click.Context, *, profile: str | None) -> None:
    """Keeps business data in agreement: the local stack and its tools."""
    from concord.doors import StackDoors

    context.obj = context.obj or StackDoors(profile)
