"""A real Dovecot for one test: its own folder, ports, certificate and mailboxes, as the user who runs the tests."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import trustme

from tests.servers.daemon import free_port, listens, need

INSTALL = "Dovecot is not installed. `sh scripts/test_servers.sh` installs it."


def installed() -> bool:
    return shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin") is not None


@cache
def version() -> tuple[int, int]:
    """2.3 is in Debian 12, 2.4 in Debian 13; they write their settings differently."""
    said = subprocess.run(
        [shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin") or "dovecot", "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    major, minor = said.split(".")[:2]
    return int(major), int(minor)


@contextmanager
def running(folder: Path, authority: trustme.CA, oauth: str = "") -> Iterator[Dovecot]:
    """A Dovecot below ``folder``, with a certificate of ``authority``, which clients find in ca.pem."""
    need(installed(), INSTALL)
    key, chain = folder / "key.pem", folder / "cert.pem"
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(key))
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    (folder / "dovecot").mkdir()
    server = Dovecot(folder / "dovecot", chain, key, oauth=oauth)
    try:
        yield server
    finally:
        server.stop()


class Dovecot:
    """``user``/``secret`` may log in by IMAP over TLS at ``port``; so may ``others``, with the same secret.

    With ``lmtp`` a mail server may hand mail in at ``lmtp_port``, and ask at the socket ``sasl`` who may send.
    With ``oauth``, the settings of a passdb of the driver oauth2, who has a token may log in, too.
    """

    user, secret = "reply", "letmein"

    def __init__(
        self,
        folder: Path,
        certificate: Path,
        key: Path,
        others: Sequence[str] = (),
        *,
        lmtp: bool = False,
        oauth: str = "",
    ) -> None:
        self.folder, self.port = folder, free_port()
        self.lmtp_port, self.sasl = free_port() if lmtp else 0, folder / "sasl"
        self.mails = folder / "mails" / self.user
        # Mailboxes may not belong to root; Dovecot itself then runs as the users its package made.
        self._owner = owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        group = grp.getgrgid(owner.pw_gid).gr_name
        own_users = (
            ""
            if os.getuid() == 0
            else f"default_internal_user = {owner.pw_name}\ndefault_internal_group = {group}\n"
            f"default_login_user = {owner.pw_name}\n"
        )
        chroot = "" if os.getuid() == 0 else "chroot ="
        users = (self.user, *others)
        (folder / "users").write_text(
            "".join(
                f"{user}:{{PLAIN}}{self.secret}:{owner.pw_uid}:{owner.pw_gid}::{folder}/mails/{user}\n"
                for user in users
            )
        )
        for user in users:
            for name in ("", "new", "cur", "tmp"):
                box = folder / "mails" / user / name
                box.mkdir(parents=True, exist_ok=True)
                os.chown(box, owner.pw_uid, owner.pw_gid)
        if os.getuid() == 0:
            for parent in [folder, *folder.parents][:4]:
                parent.chmod(parent.stat().st_mode | 0o755)
        self.config = folder / "dovecot.conf"
        self.config.write_text(
            self._services(chroot, own_users, owner, lmtp=lmtp)
            + (self._settings_24 if version() >= (2, 4) else self._settings_23)(certificate, key)
            + (self._for_a_mail_server() if lmtp else "")
            + (self._for_tokens(oauth) if oauth else "")
        )
        self._process = subprocess.Popen(
            [shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin"), "-F", "-c", str(self.config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            if listens(self.port):
                return
            time.sleep(0.05)
        raise RuntimeError((folder / "log").read_text() if (folder / "log").exists() else "dovecot does not answer")

    def _services(self, chroot: str, own_users: str, owner: pwd.struct_passwd, *, lmtp: bool) -> str:
        """What 2.3 and 2.4 write alike. 2.4 wants its version first."""
        first = "" if version() < (2, 4) else "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
        return f"""{first}
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
protocols = imap{" lmtp" if lmtp else ""}
ssl = required
first_valid_uid = {owner.pw_uid}
first_valid_gid = {owner.pw_gid}
{own_users}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    {"listen" if version() >= (2, 4) else "address"} = 127.0.0.1
    port = {self.port}
  }}
}}
service anvil {{
  {chroot}
}}
"""

    def _settings_23(self, certificate: Path, key: Path) -> str:
        return f"""
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{self.folder}/mails/%n
auth_username_format = %n
disable_plaintext_auth = yes
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
"""

    def _settings_24(self, certificate: Path, key: Path) -> str:
        return f"""
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
mail_driver = maildir
mail_path = {self.folder}/mails/%{{user | username}}
auth_username_format = %{{user | username}}
auth_allow_cleartext = no
passdb passwd-file {{
  passwd_file_path = {self.folder}/users
}}
userdb passwd-file {{
  passwd_file_path = {self.folder}/users
}}
"""

    def _for_a_mail_server(self) -> str:
        return f"""
recipient_delimiter = +
postmaster_address = postmaster@stadt.example
service lmtp {{
  inet_listener lmtp {{
    {"listen" if version() >= (2, 4) else "address"} = 127.0.0.1
    port = {self.lmtp_port}
  }}
}}
service auth {{
  unix_listener {self.sasl} {{
    mode = 0666
  }}
}}
"""

    def _for_tokens(self, settings: str) -> str:
        (self.folder / "oauth2").write_text(settings)
        return f"""
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{self._token_passdb(settings)}
"""

    def _token_passdb(self, settings: str) -> str:
        if version() < (2, 4):
            return f"""passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.folder}/oauth2
}}"""
        # 2.4 has the file's settings in the main one, with oauth2_ before their names.
        lines = [line.strip() for line in settings.splitlines() if "=" in line]
        own = "\n".join(f"  oauth2_{line}" for line in lines)
        return f"""oauth2 {{
{own}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}"""

    def deliver(self, mail: bytes) -> None:
        """As a mail server would put it into the mailbox."""
        name = f"{time.time_ns()}.{os.getpid()}.test"
        (self.mails / "tmp" / name).write_bytes(mail)
        os.chown(self.mails / "tmp" / name, self._owner.pw_uid, self._owner.pw_gid)
        (self.mails / "tmp" / name).rename(self.mails / "new" / name)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
