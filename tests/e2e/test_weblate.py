"""Words files through translate-toolkit, which Weblate reads and writes them with.

It is GPL and so no dependency: it is installed into an environment of its own below var/, and run as a program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGES = ("translate-toolkit==3.20.4", "ruamel.yaml==0.19.1")
PROGRAM = """
import json, sys
from translate.storage.yaml import YAMLFile

def read(raw):
    store = YAMLFile()
    store.parse(raw)
    return store

for line in sys.stdin:
    path, german = json.loads(line)
    raw = open(path, "rb").read()
    store = read(raw)
    untouched = bytes(store) == raw
    names = [unit.getid() for unit in store.units]
    source = {unit.getid() for unit in read(open(german, "rb").read()).units} if german else set(names)
    unit = store.units[-1]
    unit.target = unit.target.rstrip("\\n") + " EDITED" + ("\\n" if unit.target.endswith("\\n") else "")
    before, after = raw.decode().splitlines(), bytes(store).decode().splitlines()
    changed = [line for line in after if line not in before]
    print(json.dumps([untouched, sorted(set(names) - source), changed, len(after) - len(before)]))
"""


@pytest.fixture(scope="module")
def toolkit():
    """The Python that has translate-toolkit."""
    folder = ROOT / "var" / "tools" / "translate-toolkit"
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(install, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        assert not os.environ.get("CI"), "translate-toolkit cannot be installed"
        pytest.skip("translate-toolkit cannot be installed: is there a network?")
    return python


def test_a_translator_changes_one_text_and_only_that_text_changes(toolkit):
    """Read and written, every file of words is the same byte for byte; what German lacks no clean-up can find."""
    knowledge = ROOT / "knowledge"
    files = [path for path in sorted(knowledge.glob("*/*/*.yaml")) if path.name != "status.yaml"]
    assert len(files) > 200
    asked = []
    for path in files:
        german = path.parent.parent / "de" / path.name
        asked.append(json.dumps([str(path), str(german) if german.exists() else ""]))
    done = subprocess.run(
        [toolkit, "-c", PROGRAM], input="\n".join(asked), capture_output=True, text=True, check=True, timeout=600
    )
    for path, line in zip(files, done.stdout.splitlines(), strict=True):
        untouched, surplus, changed, longer = json.loads(line)
        assert untouched, f"{path}: writing it changes lines that nobody edited"
        assert surplus == [], f"{path}: German has no {surplus}"
        assert len(changed) == 1, f"{path}: {changed}"
        assert "EDITED" in changed[0]
        assert longer == 0
