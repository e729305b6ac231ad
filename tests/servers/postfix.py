"""A real Postfix for one test: its own configuration, queue and ports on loopback; nothing of the machine's is touched.

Its main.cf is what docs/operators.md tells the operator, with STARTTLS, a login through Dovecot, and a milter.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.daemon import free_port, listens, log_of

SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
NAME = "mx.stadt.example"
INSTALL = "Postfix, Dovecot's LMTP or rspamd is not installed. `sh scripts/test_servers.sh` installs them."
NEEDS_ROOT = "Postfix starts as root only. `sudo -E .venv/bin/pytest tests/integration/test_mail_servers.py` runs this."

MASTER = """
127.0.0.1:{smtp}   inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
pickup    unix n - n 60 1 pickup
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
flush     unix n - n 1000? 0 flush
showq     unix n - n - - showq
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def installed() -> bool:
    return shutil.which("postfix", path=SYSTEM) is not None


class Postfix:
    """``port`` takes mail from anywhere for the domains in ``transport`` (domain to next hop); ``submission`` takes mail
    for them from whoever logs in. ``recipients``: the addresses that exist, without what stands behind a +."""

    def __init__(
        self,
        folder: Path,
        certificate: Path,
        key: Path,
        transport: Mapping[str, str],
        recipients: list[str],
        sasl: Path,
        milter: int,
    ) -> None:
        self.folder, self.port, self.submission = folder, free_port(), free_port()
        self.config = folder / "etc"
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        (self.config / "transport").write_text("".join(f"{name} {hop}\n" for name, hop in transport.items()))
        (self.config / "recipients").write_text("".join(f"{address} -\n" for address in recipients))
        (self.config / "master.cf").write_text(MASTER.format(smtp=self.port, submission=self.submission))
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
myhostname = {NAME}
myorigin = {NAME}
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks =
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
alias_maps =
alias_database =
local_recipient_maps =
smtp_host_lookup = native
smtp_dns_support_level = disabled

smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_tls_auth_only = yes

recipient_delimiter = +
relay_domains = {" ".join(transport)}
relay_recipient_maps = texthash:{self.config}/recipients
transport_maps = texthash:{self.config}/transport
smtpd_relay_restrictions = reject_unauth_destination

smtpd_milters = inet:127.0.0.1:{milter}
milter_default_action = tempfail
""")
        with (folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [shutil.which("postfix", path=SYSTEM), "-c", str(self.config), "start-fg"], stdout=stderr, stderr=stderr
            )
        for _ in range(600):
            if listens(self.port) and listens(self.submission):
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("Postfix does not answer:\n" + self.log)

    @property
    def log(self) -> str:
        return log_of(self.folder)

    def queue(self) -> list[list[str]]:
        """The recipients of each mail that waits, and why the last attempt failed."""
        mails = map(json.loads, self._run("postqueue", "-j").splitlines())
        waiting = {mail["queue_id"]: mail["recipients"] for mail in mails}  # one that moves meanwhile is listed twice
        return [[f"{to['address']}: {to.get('delay_reason', '')}" for to in each] for each in waiting.values()]

    def flush(self) -> None:
        """Try everything that waits, now."""
        self._run("postqueue", "-f")

    def stop(self) -> None:
        if self._process.poll() is None:
            subprocess.run([shutil.which("postfix", path=SYSTEM), "-c", str(self.config), "stop"], check=False)
        self._process.wait(30)

    def _run(self, command: str, *arguments: str) -> str:
        done = subprocess.run(
            [shutil.which(command, path=SYSTEM), "-c", str(self.config), *arguments],
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "MAIL_CONFIG": str(self.config)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
