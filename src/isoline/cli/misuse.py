"""What click refuses, in the form of all other errors."""

from __future__ import annotations

import click

from isoline.errors import UsageError, unknown


def misuse(error: click.ClickException, command: str) -> UsageError:
    """The error to show for one of click's while `command` was read."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    more = f"{context.command_path if context else command} --help says more"
    if context and isinstance(error, click.NoSuchOption):
        flags = [name for option in context.command.params for name in option.opts if name[0] == "-"]
        return UsageError(*unknown("option", error.option_name, flags, more))
    if context and isinstance(context.command, click.Group):
        names = list(context.command.commands)
        return UsageError(f"{context.command_path} needs one of {', '.join(names)}; {more}")
    text = error.format_message().rstrip(".")
    return UsageError(f"{text[:1].lower()}{text[1:]}; {more}")
