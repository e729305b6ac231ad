"""The commands. Each reads its input, calls one thing, and prints; results go to stdout, all else to stderr."""

from bot.cli import running  # the first in --help

# isort: split
from bot.cli import editing, exchange, laws, operating, printing, queues

# isort: split
from bot.cli import model
from bot.cli.base import app

__all__ = ["app", "editing", "exchange", "laws", "model", "operating", "printing", "queues", "running"]
