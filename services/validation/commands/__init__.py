"""This service's part of the command line. Its commands work on the database itself, tenant after tenant, unless an
address or a profile names a service elsewhere."""

import rich_click as click

from services.validation.commands.caring import forget_user, leave_scenes
from services.validation.commands.constraints import constraints_group
from services.validation.commands.integrity import quarantine_group, undo, validate_data_integrity
from services.validation.commands.ledger import audit_xp, ledger
from services.validation.commands.monitoring import alert_mail, monitor_validation
from services.validation.commands.rules import evaluate, rules
from services.validation.commands.steps import add, drop, enforce, rollout, validate

__all__ = ["validation"]

SHORT = {"validate": "validate_data_integrity", "monitor": "monitor_validation"}


class Spelled(click.RichGroup):
    """Finds commands under their short names, and with hyphens as well as with underscores."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        known = SHORT.get(name, name)
        return super().get_command(context, known) or super().get_command(context, known.replace("-", "_"))


@click.group(cls=Spelled)
def validation() -> None:
    """Characters, their ledger, and the rules that data keeps."""


for command in (
    *(validate_data_integrity, monitor_validation, undo, quarantine_group, constraints_group),
    *(alert_mail, rules, evaluate, ledger, audit_xp, forget_user, leave_scenes),
):
    validation.add_command(command)
for step in (add, validate, enforce, rollout, drop):
    constraints_group.add_command(step)
