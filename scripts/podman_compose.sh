#!/bin/sh
# podman-compose in .venv-compose, where tests/e2e/test_compose.py looks for it. It is under the GPL: so in no list of ours.
set -eu
"${PYTHON:-python3}" -m venv .venv-compose
.venv-compose/bin/pip install --quiet --disable-pip-version-check "podman-compose>=1.4,<2"
