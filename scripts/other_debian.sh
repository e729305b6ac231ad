#!/bin/sh
# Runs tests against the mail servers of another Debian: `sh scripts/other_debian.sh trixie tests/integration/test_oauth.py`.
# Debian 12 (bookworm) has Dovecot 2.3, Debian 13 (trixie) has 2.4. It makes that Debian once, in a folder (about 500 MB,
# two minutes), and runs pytest of this checkout's .venv in it. Needs root, mmdebstrap, and the network the first time.
set -eu
suite=$1
shift
checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=${LOTSE_DEBIANS:-/var/tmp}/lotse-$suite
packages="ca-certificates,dovecot-imapd,dovecot-lmtpd,postfix,rspamd,procps,git"
libraries="libsqlite3-0,libffi8,openssl,zlib1g,libbz2-1.0,liblzma5,libncursesw6"
command -v mmdebstrap > /dev/null || { echo "Run: apt-get install mmdebstrap"; exit 1; }
if [ ! -x "$folder/usr/sbin/dovecot" ]; then
    mmdebstrap --variant=minbase --mode=root --include="$packages,$libraries" "$suite" "$folder"
fi
# The Python that the .venv was made with, where it is none of Debian's own.
python=$("$checkout/.venv/bin/python" -c "import sys; print(sys.base_prefix)")
# Mounted in a namespace of its own: nothing stays mounted, however this ends.
exec unshare --mount sh -euc '
    folder=$1 checkout=$2 python=$3
    shift 3
    for part in /proc /dev /tmp "$checkout" $(git -C "$checkout" rev-parse --path-format=absolute --git-common-dir) "$python"; do
        [ "$part" = /usr ] && continue
        mkdir -p "$folder$part"
        mount --rbind "$part" "$folder$part"
    done
    exec chroot "$folder" env PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "
        cd \"\$1\"; shift; dovecot --version; exec .venv/bin/python -m pytest -p no:cacheprovider \"\$@\"" - "$checkout" "$@"
' - "$folder" "$checkout" "$python" "$@"
