#!/bin/sh
# The tests of plural forms with both versions of Babel that order them differently: see findings/babel-plural-order.sh.
# Each version goes into a folder beside the environment, once (35 MB).
set -eu
VENV="${VENV:-.venv}"
for version in 2.18.0 2.19.0; do
    folder="$VENV/babel-$version"
    if [ ! -d "$folder" ]; then
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder.new" "babel==$version" || {
            rm -rf "$folder.new"
            echo "Babel $version cannot be had: the tests of plural forms run with the one that is installed."
            [ -z "${CI:-}" ] || exit 1
            continue
        }
        mv "$folder.new" "$folder"
    fi
    echo "Plural forms with Babel $version"
    LOTSE_TEST_BABEL="$version" PYTHONPATH="$folder" "$VENV/bin/pytest" -p no:cacheprovider \
        tests/unit/test_messages.py tests/unit/test_plurals.py
done
