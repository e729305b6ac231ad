#!/bin/sh
# Shows that Lotse answers the same on an older processor (without AVX2: a Nehalem of 2008, or the one that is named):
# `sh scripts/old_processor.sh [PROCESSOR] [QUESTION]`. Needs qemu-user (apt-get install qemu-user), which computes each
# instruction in software and refuses those that such a processor does not have; it takes some minutes.
set -eu
processor=${1:-Nehalem}
question=${2:-Wo ist die Ausländerbehörde?}
cd "$(dirname "$0")/.."
command -v qemu-x86_64 > /dev/null || { echo "Run: apt-get install qemu-user"; exit 1; }
var=$(mktemp -d)
trap 'rm -rf "$var"' EXIT
# /proc/cpuinfo is this machine's; an older processor would choose fp32 by itself.
export LOTSE_VAR="$var" LOTSE_PRECISION=fp32
ask() { "$@" -m bot ask --json "$question" | sed 's/, "milliseconds".*//'; }
here=$(ask .venv/bin/python)
rm -rf "$var"/* # on the older processor it is a first start, too
there=$(ask qemu-x86_64 -cpu "$processor" .venv/bin/python)
echo "$here"
echo "$there"
[ "$here" = "$there" ] && echo "The same on $processor."
