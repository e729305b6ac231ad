#!/bin/sh
# The unit tests with the versions of requirements.lock, which the image installs, in an environment of their own;
# `make test` runs all tests with the newest versions that pyproject.toml allows.
set -eu
PYTHON="${PYTHON:-python3.11}"
VENV="${VENV:-.venv}-locked"
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
echo "Installing the versions of the lock into $VENV"
pip() { "$VENV/bin/python" -m pip install --disable-pip-version-check --quiet --progress-bar off "$@"; }
pip --require-hashes -r requirements.lock
grep -oE '^[A-Za-z0-9_.-]+(\[[a-z0-9,]+\])?==[^ ;\\]+' requirements.lock | sed 's/\[.*\]//' > "$VENV/constraints.txt"
pip --constraint "$VENV/constraints.txt" -e '.[dev]'
"$VENV/bin/python" - "$VENV/constraints.txt" <<'PYTHON'
import importlib.metadata, sys

from packaging.version import Version

wrong = []
for line in open(sys.argv[1]):
    name, version = line.strip().split("==")
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        continue  # for another system
    if Version(found) != Version(version):
        wrong.append(f"{name} is {found}, the lock says {version}")
sys.exit("\n".join(wrong) or 0)
PYTHON
"$VENV/bin/pytest" -p no:cacheprovider tests/unit
