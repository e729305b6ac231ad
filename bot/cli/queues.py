"""Commands for operators: what came in and was given up, and what has not been sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.base import app, settings_of
from bot.cli.operating import PANEL
from bot.errors import UsageError
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.tools import operating
else:
    operating = Later("bot.tools.operating")

inbox = typer.Typer(help="What came in and was not handled.", no_args_is_help=True)


app.add_typer(inbox, name="inbox", rich_help_panel=PANEL)


@inbox.command("list")
def inbox_list() -> None:
    """List rows that wait or were given up: id, channel, state, tries, reason. No words."""
    for line in asyncio.run(operating.list_inbox(settings_of())):
        print(line)


@inbox.command("retry")
def inbox_retry(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Handle a row again now, after an update that mends what it failed of: whoever wrote is answered."""
    if not asyncio.run(operating.change_inbox(settings_of(), row, "retry")):
        raise UsageError(f"There is no row {row} to handle. See `lotse inbox list`.")


@inbox.command("drop")
def inbox_drop(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Delete a row that was given up; nobody will answer it."""
    if not asyncio.run(operating.change_inbox(settings_of(), row, "drop")):
        raise UsageError(f"There is no row {row} that was given up. See `lotse inbox list`.")


outbox = typer.Typer(help="What has not been sent.", no_args_is_help=True)


app.add_typer(outbox, name="outbox", rich_help_panel=PANEL)


@outbox.command("list")
def outbox_list() -> None:
    """List rows that wait or were refused: id, channel, state, tries, question, reason. No words."""
    for line in asyncio.run(operating.list_outbox(settings_of())):
        print(line)


@outbox.command("retry")
def outbox_retry(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Send a row again now."""
    if not asyncio.run(operating.change_outbox(settings_of(), row, "retry")):
        raise UsageError(f"There is no row {row} to send. See `lotse outbox list`.")


@outbox.command("drop")
def outbox_drop(row: Annotated[int, typer.Argument(help="The row's id.")]) -> None:
    """Delete a row that was refused; nobody will read it."""
    if not asyncio.run(operating.change_outbox(settings_of(), row, "drop")):
        raise UsageError(f"There is no refused row {row}. See `lotse outbox list`.")
