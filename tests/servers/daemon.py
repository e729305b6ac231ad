"""What all servers that tests start have in common."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest


def need(there: bool, install: str) -> None:
    """Skip a test whose server is not installed; in CI that is an error."""
    if not there and "CI" not in os.environ:
        pytest.skip(install)
    assert there, install


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def log_of(folder: Path) -> str:
    """What a server in ``folder`` has said, on stderr and in its log."""
    files = [folder / name for name in ("stderr", "log")]
    return "".join(file.read_text(errors="replace") for file in files if file.exists())
