#!/bin/sh
# Builds the container image ($1, or `lotse`) from ./Dockerfile with docker, podman or buildah, whichever is there, and
# prints its size (with SIZE=1 also what is fetched of it). Its base is BASE when that is set; else Debian's own packages
# where mmdebstrap and root are there (made anew every week), so that no registry of images is needed; else the
# Dockerfile's.
set -eu
cd "$(dirname "$0")/.."
image=${1:-lotse}
suite=bookworm # its Python is 3.11, the one of the lock
there() { command -v "$1" > /dev/null 2>&1; }
if there docker && docker info > /dev/null 2>&1; then tool=docker
elif there podman; then tool=podman
elif there buildah; then tool=buildah
else
    echo "An image is built with docker, podman or buildah. Debian, Ubuntu: apt-get install buildah podman mmdebstrap" >&2
    exit 1
fi

LOG=${LOG:-$(mktemp)}
failed() {
    tail -n 20 "$LOG" >&2
    echo "The image could not be built; all that was said: $LOG" >&2
    exit 1
}

base_of_debian() { # a name; needs no engine
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    echo "Making the base $1 of the packages of Debian $suite"
    mmdebstrap --quiet --mode=root --variant=essential --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
        --include=python3,python3-venv,libstdc++6,ca-certificates,usr-is-merged \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        "$suite" "$folder/base.tar" > "$LOG" 2>&1 || failed
    if [ "$tool" != buildah ]; then
        "$tool" import "$folder/base.tar" "$1" > /dev/null 2>&1
    else
        container=$(buildah from scratch)
        buildah add --quiet "$container" "$folder/base.tar" / > /dev/null
        buildah commit --quiet --rm "$container" "$1" > /dev/null
    fi
}

set -- build --tag "$image"
if [ -n "${BASE:-}" ]; then
    set -- "$@" --build-arg "BASE=$BASE"
elif there mmdebstrap && [ "$(id -u)" = 0 ]; then
    base=localhost/lotse-base:$(date +%G-%V)
    "$tool" images --quiet "$base" 2> /dev/null | grep -q . || base_of_debian "$base"
    set -- "$@" --build-arg "BASE=$base"
fi
if [ "$tool" != docker ]; then
    # chroot: works where no container may be started. docker: the format that knows a health check.
    set -- "$@" --isolation=chroot --format=docker --layers
    certificates=${PIP_CERT:-}
    if [ -n "$certificates" ]; then
        set -- "$@" --volume "$certificates:/run/certificates.pem:ro" --build-arg PIP_CERT=/run/certificates.pem
    fi
fi
[ -z "${PIP_INDEX_URL:-}" ] || set -- "$@" --build-arg "PIP_INDEX_URL=$PIP_INDEX_URL"
echo "Building $image with $tool"
"$tool" "$@" . > "$LOG" 2>&1 || failed
echo "Size: $("$tool" images --format '{{.Size}}' "$image") unpacked"
[ -z "${SIZE:-}" ] || echo "To fetch: $(($("$tool" save "$image" 2> /dev/null | gzip | wc -c) / 1000000)) MB (compressed)"
