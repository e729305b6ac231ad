#!/usr/bin/env bash
# Removing one entry of a list in a YAML translation file leaves another one twice.
#
# translate-toolkit 3.20.4 (with ruamel.yaml 0.19.1) reads a YAML file as units, one for each text; an entry of a list is
# a unit, too. When the second of four entries is removed and the file is written again, the file still has four: the
# third stands there twice. A clean-up of a translation against a shorter source list, as translation servers offer it, so
# leaves texts that nobody wrote twice.
# Removing the last entry works. Seen on 2026-11-30 with Python 3.11. Fails when the versions' behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'translate-toolkit==3.20.4' 'ruamel.yaml==0.19.1'
"$folder/venv/bin/python" - <<'PYTHON'
from translate.storage.yaml import YAMLFile

store = YAMLFile()
store.parse(b"questions:\n  - first\n  - second\n  - third\n  - fourth\n")
store.removeunit(store.units[1])
left = [line.strip("- ") for line in bytes(store).decode().splitlines()[1:]]
print("after removing the second entry:", left)
assert left == ["first", "third", "third", "fourth"], "this changed: see the top of this file"
PYTHON
