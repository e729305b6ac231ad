#!/usr/bin/env bash
# "By appointment" in OpenStreetMap's opening hours: open for one library, unknown for the other.
#
# A rule may end in a comment instead of a state: Mo-Fr 08:00-12:00 "by appointment". The JavaScript library that
# OpenStreetMap's own tools use says "unknown" then: nobody can tell from the line whether the door is open. The Rust
# library (here by its Python package) says open, and of a comment alone it says open at three at night. The comment
# comes beside the state, so who shows "open now" from the state alone sends people to a closed door.
# Written with the word "unknown" before the comment, both say the same.
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
expect 'Mo-Fr 08:00-12:00 "by appointment"' 2026-12-01T10:00 open unknown
expect '"by appointment"' 2026-12-01T03:00 open unknown
expect 'Mo-Fr 08:00-12:00 unknown "by appointment"' 2026-12-01T10:00 unknown unknown
expect 'Mo-Fr 08:00-12:00 "by appointment"' 2026-12-01T13:00 closed close
