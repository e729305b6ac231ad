"""What all servers that tests start have in common."""

from __future__ import annotations

import socket
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_of(folder: Path) -> str:
    """What a server in ``folder`` has said, on stderr and in its log."""
    files = [folder / name for name in ("stderr", "log")]
    return "".join(file.read_text(errors="replace") for file in files if file.exists())
