#!/bin/sh
# Makes $VENV and installs Lotse into it, for running or ($1 = dev) with what its tests and checks need, and fetches the
# model. Says what it does, and on failure what to do.
set -eu
PYTHON="${PYTHON:-python3.11}"
VENV="${VENV:-.venv}"
WHAT="."
SIZE="500 MB"
if [ "${1:-}" = dev ]; then WHAT=".[dev]"; SIZE="1.2 GB with what tests need"; fi
ok() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
if ! ok "$PYTHON"; then
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if ok "$candidate"; then PYTHON="$candidate"; break; fi
    done
fi
if ! ok "$PYTHON"; then
    echo "Lotse needs Python 3.11 or newer, and '$PYTHON' is none." >&2
    echo "Install it (Debian, Ubuntu: apt install python3 python3-venv), or run: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi
echo "[1/4] Making the environment in $VENV with $("$PYTHON" --version 2>&1)"
if [ ! -x "$VENV/bin/python" ]; then
    "$PYTHON" -m venv "$VENV" || {
        echo "The environment could not be made. Debian, Ubuntu: apt install python3-venv; then: make clean setup" >&2
        exit 1
    }
fi
echo "[2/4] Installing the libraries ($SIZE)"
if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --quiet --progress-bar off -e "$WHAT"; then
    echo "The libraries could not be installed. Is there a network (or a proxy: HTTPS_PROXY), and free disk space?" >&2
    echo "Then run the same command again; 'make clean' starts over." >&2
    exit 1
fi
echo "[3/4] Fetching the model (90 MB; it is not fetched twice)"
"$VENV/bin/lotse" model fetch > /dev/null || {
    echo "Without the model Lotse matches by words alone. Fetch it later: $VENV/bin/lotse model fetch" >&2
}
echo "[4/4] Ready."
