"""A real systemd that runs deploy/lotse.service and nothing else: see systemd.sh."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.daemon import need

ROOT = Path(__file__).parent.parent.parent
SYSTEMD = Path("/lib/systemd/systemd")
GROUPS = next((path for path in map(Path, ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")) if path.is_dir()), Path("/"))
INSTALL = "systemd is not installed, or this is not root. `sh scripts/test_servers.sh` installs it."


def runs_here() -> bool:
    return SYSTEMD.exists() and os.geteuid() == 0 and bool(shutil.which("nsenter")) and os.access(GROUPS, os.W_OK)


class Unit:
    """The unit with ``environment`` as its settings; started at once, and gone after ``end``."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        need(runs_here(), INSTALL)
        self._folder = folder
        (folder / "lotse.env").write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
        (folder / "log").touch()
        self._group = GROUPS / f"lotse-test-{os.getpid()}"
        self._group.mkdir()
        python = Path(sys.executable).resolve()
        script = Path(__file__).with_suffix(".sh")
        self._process = subprocess.Popen(
            [
                *("sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', str(self._group)),
                *(
                    "unshare",
                    "--cgroup",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount",
                    "--uts",
                    "--ipc",
                    "--mount-proc",
                ),
                *("sh", str(script), str(folder), str(ROOT), str(python.parent.parent), python.name),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, *command: str) -> str:
        """What a command on that machine says."""
        (number,) = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        entered = ["nsenter", "--target", number, "--mount", "--pid", *command]
        return subprocess.run(entered, capture_output=True, text=True, check=False).stdout.strip()

    def state(self) -> dict[str, str]:
        """How the unit is: ActiveState, Result, ExecMainStatus."""
        said = self.run("systemctl", "show", "lotse", "--property=ActiveState,Result,ExecMainStatus,ExecMainCode")
        return dict(line.split("=", 1) for line in said.splitlines())

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def end(self) -> None:
        """Nothing of it is left: with its process 1 every other ends."""
        self._process.kill()
        self._process.wait()
        while "populated 1" in (self._group / "cgroup.events").read_text():
            time.sleep(0.05)
        for group in sorted(self._group.rglob("*"), reverse=True):
            if group.is_dir():
                group.rmdir()
        self._group.rmdir()
