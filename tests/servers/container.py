"""Containers started by podman (or docker), on this machine's own network, so that they reach servers on loopback.

Podman starts them without a daemon. Where this machine mixes both generations of control groups, which podman's runtime
refuses, it sees only the second, in a namespace of its own; limits on memory are left out there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import uuid4

from tests.servers.daemon import need

INSTALL = (
    "podman and mmdebstrap are not installed, or may not start containers. `sh scripts/test_servers.sh` installs them."
)
ROOT = Path(__file__).parent.parent.parent
MIXED = Path("/sys/fs/cgroup/unified")
UNMIXED = 'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"'
# What a machine without the right to raise limits can give; and health is asked by hand, for want of timers.
LIMITS = ("--cgroups=disabled", "--no-healthcheck", "--ulimit=nofile=1024:4096", "--ulimit=nproc=1000:2000")


@cache
def engine() -> tuple[str, ...]:
    """How this machine starts containers; skips a test where it does not, and fails in CI."""
    there = bool(shutil.which("podman")) and os.geteuid() == 0 and bool(shutil.which("mmdebstrap"))
    need(there, INSTALL)
    return ("unshare", "--mount", "sh", "-c", UNMIXED, "-", "podman") if MIXED.is_dir() else ("podman",)


@cache
def image() -> str:
    """The image's name. It is built from this checkout, unless LOTSE_TEST_IMAGE names one that is to be tried."""
    engine()
    if name := os.environ.get("LOTSE_TEST_IMAGE"):
        return name
    done = subprocess.run(
        ["sh", "scripts/image.sh", "localhost/lotse"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return "localhost/lotse"


@dataclass
class Container:
    """One container of ``image``; ``options`` are podman's."""

    image: str
    options: Sequence[str]
    log_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"lotse-{uuid4().hex[:8]}")
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        variables = [f"--env={key}={value}" for key, value in self.environment.items()]
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(*engine(), "run", "--rm", "--name", self.name, "--network=host", *LIMITS),
                *(*variables, *self.options, self.image),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )

    async def does(self, *command: str) -> tuple[int, str]:
        """What a command in the container ends with and says, as `docker exec` would start it."""
        asked = await asyncio.create_subprocess_exec(
            *(*engine(), "exec", self.name, *command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await asked.communicate()
        return asked.returncode or 0, said.decode()

    async def stop(self) -> int:
        """SIGTERM to its process 1; the code it ends with."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()  # podman hands signals on
        return await asyncio.wait_for(self.process.wait(), 60)

    async def kill(self) -> None:
        """Nothing is left of it."""
        await (await asyncio.create_subprocess_exec(*engine(), "rm", "--force", "--time=0", self.name)).wait()
        if self.process is not None:
            await self.process.wait()

    @property
    def log(self) -> str:
        return self.log_file.read_text()
