#!/bin/sh
# A disk that gets full in the middle of the tests looks like a thousand faults of ours. So it is asked before.
set -u
NEED=4 # gigabytes: environment, image with its layers, databases of the tests
for folder in . "${PYTEST_DEBUG_TEMPROOT:-${TMPDIR:-/tmp}}"; do
    free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')
    if [ "$free" -lt "$NEED" ]; then
        echo "make test needs $NEED GB on the disk that holds $folder, and $free GB are free there." >&2
        echo "What tests left before: /tmp/pytest-of-*, and \`podman system df\` (\`podman image prune\` takes old layers away)." >&2
        exit 1
    fi
done
