#!/usr/bin/env bash
# Importing onnxruntime on Linux makes a device id and a database of events to report, since 1.29.
#
# `import onnxruntime`, with no model and no session, starts a thread and writes `deviceid` and `onnxruntime.db` below
# ~/.cache/Microsoft/DeveloperTools/.onnxruntime; the library names a collector of its
# maker (what it uploads was not looked at). Until 1.27 the Linux wheels did none of this. `disable_telemetry_events()`
# can only be called after the import, when the files are there; the environment variable ORT_DISABLE_TELEMETRY=1, set before
# the import, leaves nothing behind. Who runs models over what people write wants to know that.
# Seen on 2026-11-30 on x86_64 with Python 3.11: 1.27.0 nothing, 1.29.0 to 1.32.0 so. Fails when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
left_behind() { # how many files an import leaves in an empty home
  rm -rf "$folder/home" && mkdir "$folder/home"
  env -u XDG_CACHE_HOME HOME="$folder/home" "$@" "$folder/venv/bin/python" -c 'import onnxruntime, time; time.sleep(1)'
  find "$folder/home" -type f | wc -l
}
after_the_call() {
  rm -rf "$folder/home" && mkdir "$folder/home"
  env -u XDG_CACHE_HOME HOME="$folder/home" "$folder/venv/bin/python" -c \
    'import onnxruntime, time; onnxruntime.disable_telemetry_events(); time.sleep(1)'
  find "$folder/home" -type f | wc -l
}
expect() {
  printf '%-52s %s file(s)\n' "$1" "$2"
  [ "$2" = "$3" ] || { echo "this changed: see the top of this file"; exit 1; }
}
for version in 1.27.0 1.29.0 1.32.0; do
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "onnxruntime==$version"
  case $version in 1.27.0) files=0 ;; *) files=2 ;; esac
  expect "$version, imported" "$(left_behind A=1)" $files
done
expect "1.32.0, then disable_telemetry_events()" "$(after_the_call)" 2
expect "1.32.0, ORT_DISABLE_TELEMETRY=1 before the import" "$(left_behind ORT_DISABLE_TELEMETRY=1)" 0
