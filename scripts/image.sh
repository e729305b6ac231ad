#!/bin/sh
# Builds the container image ($1, or `lotse`) from ./Dockerfile with docker, podman or buildah, whichever is there, and
# prints its size (with SIZE=1 also what is fetched of it). Its bases are BASE and BUILD when these are set; else Debian's
# own packages where mmdebstrap and root are there (made anew every week), so that no registry of images is needed; else
# the Dockerfile's. CITY, LANGUAGES and GIT are handed on to it.
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

# What Debian counts as essential, or needs to install packages, and nothing here runs. Perl last: the others' scripts use it.
purge='chroot "$1" dpkg --purge --force-remove-essential --force-remove-protected --force-depends'
needless="login libpam-runtime libpam-modules libpam-modules-bin util-linux-extra util-linux bsdutils ncurses-bin"

debian() { # a name, packages, and options of mmdebstrap; needs no engine
    name=$1 packages=$2
    shift 2
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    echo "Making the base $name of the packages of Debian $suite"
    mmdebstrap --quiet --mode=root --variant=essential --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
        --include="$packages,libstdc++6,ca-certificates,usr-is-merged" "$@" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        --dpkgopt='path-exclude=/usr/lib/*/gconv/*' \
        "$suite" "$folder/base.tar" > "$LOG" 2>&1 || failed
    if [ "$tool" != buildah ]; then
        "$tool" import "$folder/base.tar" "$name" > /dev/null 2>&1
    else
        container=$(buildah from scratch)
        buildah add --quiet "$container" "$folder/base.tar" / > /dev/null
        buildah commit --quiet --rm "$container" "$name" > /dev/null
    fi
    rm -rf "$folder"
}

set -- build --tag "$image"
made() { "$tool" images --quiet "$1" 2> /dev/null | grep -q .; }
if [ -z "${BASE:-}" ] && there mmdebstrap && [ "$(id -u)" = 0 ]; then
    week=$(date +%G-%V)
    BUILD=localhost/lotse-build:$week BASE=localhost/lotse-run:$week
    made "$BUILD" || debian "$BUILD" python3,python3-venv,binutils
    if [ -n "${GIT:-}" ]; then
        BASE=localhost/lotse-run-git:$week
        made "$BASE" || debian "$BASE" python3,git
    else
        made "$BASE" || debian "$BASE" python3 --customize-hook="$purge $needless" \
            --customize-hook="$purge init-system-helpers sysvinit-utils debconf perl-base" \
            --customize-hook='rm -rf "$1"/usr/lib/python3*/lib2to3 "$1"/usr/lib/python3*/pydoc_data'
    fi
fi
for name in BASE BUILD CITY LANGUAGES GIT; do
    eval "value=\${$name:-}"
    [ -z "$value" ] || set -- "$@" --build-arg "$name=$value"
done
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
if [ "$tool" = podman ]; then # what earlier builds left, half a gigabyte each; what is younger is a cache
    podman image prune --force --filter label=org.opencontainers.image.title=Lotse --filter until=3h > /dev/null || true
fi
echo "Size: $("$tool" images --format '{{.Size}}' "$image") unpacked"
[ -z "${SIZE:-}" ] || echo "To fetch: $(($("$tool" save "$image" 2> /dev/null | gzip | wc -c) / 1000000)) MB (compressed)"
