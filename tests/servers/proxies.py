"""The proxies that operators put before Lotse, with the configuration that docs/operators.md shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.daemon import free_port, listens, log_of, need

GUIDE = Path(__file__).parent.parent.parent / "docs" / "operators.md"
INSTALL = "nginx and Caddy are not installed: sh scripts/test_servers.sh"


def shown(first_line: str) -> str:
    """The example of the guide that begins with this line."""
    found = re.search(rf"^ {{4}}{re.escape(first_line)}\n(?: {{4}}.*\n)+", GUIDE.read_text(), re.MULTILINE)
    assert found, f"docs/operators.md shows no {first_line!r}"
    return re.sub(r"^ {4}", "", found[0], flags=re.MULTILINE)


@contextmanager
def caddy(folder: Path, backend: int) -> Iterator[int]:
    """Its port."""
    need(shutil.which("caddy") is not None, INSTALL)
    port = free_port()
    text = shown("lotse.city.example {").replace("lotse.city.example", f"http://127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(f"{{\n admin off\n}}\n{text.replace(':8080', f':{backend}')}")
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with _running(command, folder, port):
        yield port


@contextmanager
def nginx(folder: Path, backend: int) -> Iterator[int]:
    """Its port."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    need(found is not None, INSTALL)
    port = free_port()
    text = shown("server {").replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(":8080", f":{backend}")
    text = re.sub(r"\n *(ssl_certificate|ssl_certificate_key|server_name) .*", "", text)
    temporary = "".join(
        f" {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\npid {folder}/pid;\nerror_log {folder}/log;\ndaemon off;\nevents {{}}\n"
        f"http {{\n access_log off;\n{temporary}{text}}}\n"
    )
    with _running([str(found), "-c", str(folder / "nginx.conf"), "-p", str(folder)], folder, port):
        yield port


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(command, env=environment, stdout=stderr, stderr=stderr)
    try:
        for _ in range(200):
            if listens(port):
                break
            assert process.poll() is None, log_of(folder)
            time.sleep(0.05)
        else:
            raise AssertionError(log_of(folder))
        yield
    finally:
        process.terminate()
        process.wait(20)
