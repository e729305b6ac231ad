"""A real rspamd for one test, as a milter: it checks SPF, DKIM and DMARC against DNS records that the test gives, and adds
Authentication-Results as on a city's mail server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.daemon import free_port, listens, log_of

SYSTEM = "/usr/bin:/usr/sbin:/bin:/sbin"


def installed() -> bool:
    return shutil.which("rspamd", path=SYSTEM) is not None


class Rspamd:
    """``records``: TXT records by name, all the DNS there is. Listens for a mail server at ``port`` (milter)."""

    def __init__(self, folder: Path, records: Mapping[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        txt = [{"name": name, "type": "txt", "replies": [value]} for name, value in records.items()]
        # Without the spam rules and the list of all top-level domains it starts in a second instead of ten.
        (folder / "tld").write_text("example\n")
        (folder / "rules.lua").write_text('require "global_functions" ()\nconfig["regexp"] = {}\nrspamd_maps = {}\n')
        config = folder / "rspamd.conf"
        config.write_text(f"""
options {{
  pidfile = "{folder}/pid";
  filters = "dkim";
  tempdir = "{folder}";
  control_socket = "{folder}/control mode=0600";
  hs_cache_dir = "{folder}";
  url_tld = "{folder}/tld";
  explicit_modules = ["settings"];
  dns {{ nameserver = ["127.0.0.1:{free_port()}"]; timeout = 0.1s; retransmits = 1; fake_records = {json.dumps(txt)}; }}
  check_local = true; check_authed = true;  # the test's senders are on this machine, too
  local_addrs = [];
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "info"; }}
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{self.port}";
  count = 1;
  milter = true;
  timeout = 20s;
  upstream "local" {{ default = true; self_scan = true; }}
}}
actions {{ reject = 1000; add_header = 900; greylist = 800; }}
spf {{ disable_ipv6 = true; }}
dkim {{ check_local = true; }}
dmarc {{ reporting {{ enabled = false; }} }}
milter_headers {{ use = ["authentication-results"]; skip_local = false; skip_authenticated = false; }}
modules {{
  path = "/usr/share/rspamd/plugins/spf.lua";
  path = "/usr/share/rspamd/plugins/dmarc.lua";
  path = "/usr/share/rspamd/plugins/milter_headers.lua";
}}
lua = "{folder}/rules.lua";
""")
        who = ["-u", "_rspamd", "-g", "_rspamd"] if os.getuid() == 0 else []
        if who:
            shutil.chown(folder, "_rspamd", "_rspamd")
        with (folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [shutil.which("rspamd", path=SYSTEM), "-f", *who, "-c", str(config)], stdout=stderr, stderr=stderr
            )
        for _ in range(400):
            if listens(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("rspamd does not answer:\n" + self.log)

    @property
    def log(self) -> str:
        return log_of(self.folder)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
