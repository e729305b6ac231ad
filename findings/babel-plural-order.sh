#!/usr/bin/env bash
# The order of Arabic's plural forms in a gettext header depends on the release of Babel.
#
# A catalogue's strings stand in the order of the formula in its header. Babel 2.18.0 writes for Arabic a formula whose
# form 4 is for 100, 101, 102 and form 5 for 11 to 99; Babel 2.19.0 writes one with the two exchanged, and for Spanish,
# French, Persian and Turkish another number of forms. Whoever makes the header anew (a fresh Catalog with a locale, the
# old messages put into it) and keeps the strings shows people the wrong form, or none where forms are missing.
# Keep the old catalogue's own `plural_forms` instead. Seen on 2026-11-30. Fails when the versions' behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 2.18.0 2.19.0; do
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "babel==$version"
  "$folder/venv/bin/python" - "$version" <<'PYTHON'
import gettext
import sys

from babel.messages.catalog import Catalog

NUMBERS = {"ar": (11, 100), "es": (), "fr": (), "fa": (), "tr": ()}
EXPECTED = {
    "2.18.0": {"ar": (6, 5, 4), "es": (2,), "fr": (2,), "fa": (1,), "tr": (1,)},
    "2.19.0": {"ar": (6, 4, 5), "es": (3,), "fr": (3,), "fa": (2,), "tr": (2,)},
}
found = {}
for language, numbers in NUMBERS.items():
    catalogue = Catalog(locale=language)
    form = gettext.c2py(catalogue.plural_expr)
    found[language] = (catalogue.num_plurals, *(form(number) for number in numbers))
print(f"Babel {sys.argv[1]}: forms of each language, for Arabic also the form of 11 and of 100: {found}")
assert found == EXPECTED[sys.argv[1]], "this changed: see the top of this file"
PYTHON
done
