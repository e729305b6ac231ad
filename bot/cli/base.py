"""What all commands share: options, settings, the log, and reading what is given."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, date, datetime
from importlib import metadata
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, TextIO

import structlog
import typer

from bot.config import Settings, load_settings
from bot.errors import UsageError
from bot.presentation.direction import TURNING

# Control characters but tab and line ends, and the signs that turn the direction of what follows.
_COMMANDS_TERMINAL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{TURNING}]")


app = typer.Typer(
    help="Lotse answers migrants' questions from curated words and finds a human for the rest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _lotse(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"lotse {metadata.version('lotse')}")
        raise typer.Exit


KnowledgeOption = Annotated[Path | None, typer.Option("--knowledge", help="The knowledge folder.", metavar="DIR")]
CityOption = Annotated[str | None, typer.Option("--city", help="The city's folder.", metavar="CITY")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def log_to_stderr(settings: Settings, quiet: bool = False) -> None:
    """Logs go to stderr. Libraries stay silent: their lines hold addresses with the token in them."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    level = "warning" if quiet else settings.log_level
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def settings_of(knowledge: Path | None = None, city: str | None = None, quiet: bool = True) -> Settings:
    """The settings; from here on the log is set up, too."""
    settings = load_settings(knowledge=knowledge, city=city)
    log_to_stderr(settings, quiet)
    return settings


def standard_input() -> TextIO:
    """Standard input as UTF-8, whatever the terminal; broken bytes must not stop the other lines."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


def text_of(path: str) -> str:
    """What stands in a file, or on standard input (-). Raises UsageError."""
    if path == "-":
        return standard_input().read()
    try:
        return Path(path).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Name a readable file, or - for standard input.") from error


def printable(text: str) -> str:
    """``text`` with what this terminal cannot show replaced, and what would command it shown as \\x1b."""
    text = _COMMANDS_TERMINAL.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
    return text.encode(sys.stdout.encoding or "utf-8", errors="replace").decode(sys.stdout.encoding or "utf-8")


def today() -> date:
    """The date that review dates are held against."""
    return datetime.now(UTC).date()
