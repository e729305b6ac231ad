#!/usr/bin/env bash
# OpenStreetMap's opening hours: two libraries read the same line as different hours, twice. Neither says an error.
#
# One space after a comma. "Mo, We 08:00-13:00" is how people write two days. The JavaScript library that OpenStreetMap's own
# tools use reads it as "Mo,We 08:00-13:00". The Rust library (here by its Python package) takes ", " for the mark that adds
# another rule: "Mo" alone is then a whole day, and the office is open at eleven on Monday evening.
# A comment. A rule may end in a comment instead of a state: Mo-Fr 08:00-12:00 "by appointment". JavaScript says "unknown" then:
# nobody can tell from the line whether the door is open. Rust says open, and of a comment alone open at three at night; the
# comment stands beside the state. With the word "unknown" before the comment both say the same.
# Who checks hours with one library and shows them with the other says something else than was checked.
# Seen on 2026-11-30: opening_hours_py 2.1.4, opening_hours 3.15.0 (npm) on Node.js 20. Fails when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "opening_hours_py==2.1.4"
npm install --silent --no-audit --no-fund --prefix "$folder" "opening_hours@3.15.0"
python_says() {
  "$folder/venv/bin/python" - "$1" "$2" <<'PYTHON'
import datetime
import sys

from opening_hours import OpeningHours

print(OpeningHours(sys.argv[1]).state(datetime.datetime.fromisoformat(sys.argv[2]))[0])
PYTHON
}
javascript_says() {
  TZ=Europe/Berlin NODE_PATH="$folder/node_modules" node -e '
    const Hours = require("opening_hours");
    const [hours, at] = process.argv.slice(1);
    console.log(new Hours(hours, { address: { country_code: "de" } }).getStateString(new Date(at)));
  ' "$1" "$2"
}
expect() { # hours, moment, what Python says, what JavaScript says
  python=$(python_says "$1" "$2")
  javascript=$(javascript_says "$1" "$2")
  printf "%-34s %s  Python: %-13s JavaScript: %s\n" "$1" "$2" "$python" "$javascript"
  [ "$python" = "$3" ] && [ "$javascript" = "$4" ] || { echo "this changed: see the top of this file"; exit 1; }
}
monday_evening=2026-11-30T23:00
wednesday_morning=2026-12-02T10:00
expect "Mo,We 08:00-13:00" "$monday_evening" closed close
expect "Mo,We 08:00-13:00" "$wednesday_morning" open open
expect "Mo, We 08:00-13:00" "$monday_evening" open close
expect "Mo, We 08:00-13:00" "$wednesday_morning" open open
expect "Mo-We, Fr 08:00-12:00" "$monday_evening" open close
expect 'Mo-Fr 08:00-12:00 "by appointment"' 2026-12-01T10:00 open unknown
expect '"by appointment"' 2026-12-01T03:00 open unknown
expect 'Mo-Fr 08:00-12:00 unknown "by appointment"' 2026-12-01T10:00 unknown unknown
expect 'Mo-Fr 08:00-12:00 "by appointment"' 2026-12-01T13:00 closed close
