#!/usr/bin/env bash
# Which language a holiday's name is in depends on the LANG of the process, unless a language is named.
#
# `holidays.country_holidays("DE")` documents German as Germany's default language. Without `language=` its names follow
# the environment instead: one machine says "Erster Weihnachtstag", the next "Перший день Різдва" or "วันคริสต์มาสวันแรก",
# so a server's locale decides what users read, and code that compares names works on one machine only.
# Naming a language does not help where the library has no words in it: Arabic asked for gives Ukrainian on that machine.
# Seen on 2026-11-30 with holidays 0.109 on Python 3.11. Fails when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "holidays==0.109"
says() { # LANG, language to name or nothing
  env -u LANGUAGE -u LC_ALL -u LC_MESSAGES LANG="$1" "$folder/venv/bin/python" - "${2:-}" <<'PYTHON'
import datetime
import sys

import holidays

named = {"language": sys.argv[1]} if sys.argv[1] else {}
print(holidays.country_holidays("DE", years=2026, **named)[datetime.date(2026, 12, 25)])
PYTHON
}
expect() {
  found=$(says "$1" "${3:-}")
  printf 'LANG=%-12s language=%-4s %s\n' "$1" "${3:-}" "$found"
  [ "$found" = "$2" ] || { echo "this changed: see the top of this file"; exit 1; }
}
expect C "Erster Weihnachtstag"
expect uk_UA.UTF-8 "Перший день Різдва"
expect th_TH.UTF-8 "วันคริสต์มาสวันแรก"
expect uk_UA.UTF-8 "Erster Weihnachtstag" de
expect uk_UA.UTF-8 "Перший день Різдва" ar
expect C "Erster Weihnachtstag" ar
