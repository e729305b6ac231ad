"""A real Chromium, and a real `lotse run` for it to open."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.conftest import ROOT
from tests.servers.daemon import need

PHONE = (390, 844)
INSTALL = "Chromium is not installed: apt-get install chromium chromium-driver"


def chromium(language, *, scripts=True, dark=False, size=PHONE):
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--window-size={size[0]},{size[1]}"):
        options.add_argument(argument)
    if dark:
        options.add_argument("--force-dark-mode")
        options.add_argument("--blink-settings=preferredColorScheme=0")
    settings = {"intl.accept_languages": language}
    if not scripts:
        settings["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", settings)
    options.binary_location = shutil.which("chromium") or ""
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def seen(browser, name):
    return browser.find_elements(By.CSS_SELECTOR, f"[data-test={name}]")


@contextmanager
def running(folder, settings, until, seconds=120):
    """`lotse run` by words alone; what ``until`` found in its log, and its environment. Skips without Chromium."""
    need(bool(shutil.which("chromium") and shutil.which("chromedriver")), INSTALL)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
    environment = {**clean, "LOTSE_MODEL": "none", **settings}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=log,
            stdout=log,
        )
        try:
            deadline = time.monotonic() + seconds
            while not (found := re.search(until, (folder / "log").read_text())):
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield found, environment
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)
