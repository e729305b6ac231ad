#!/bin/sh
# The mail and web servers, the browser, systemd and the engine for containers that some tests need: installs them where that may be done (root, or sudo without a password, on
# Debian and Ubuntu), else says how. Never an error: tests without their server are skipped with a word, and only CI
# refuses that.
set -u
there() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" > /dev/null 2>&1; }
PACKAGES="dovecot-imapd dovecot-lmtpd postfix rspamd chromium chromium-driver nginx-light caddy systemd podman catatonit mmdebstrap"
if there dovecot && [ -x /usr/lib/dovecot/lmtp ] && there postfix && there rspamd && there chromedriver && there nginx && there caddy && there podman && there mmdebstrap && [ -x /lib/systemd/systemd ]; then exit 0; fi
if ! there apt-get; then
    echo "Tests of real servers are skipped: this is no Debian or Ubuntu. They need Dovecot with LMTP, Postfix, rspamd, Chromium, nginx, Caddy."
    exit 0
fi
if [ "$(id -u)" = 0 ]; then SUDO=""
elif there sudo && sudo -n true 2> /dev/null; then SUDO="sudo"
else
    echo "Tests of real servers are skipped: only root may install them. Run: sudo apt-get install $PACKAGES"
    exit 0
fi
echo "Installing the servers and the browser that tests need: $PACKAGES"
log=$(mktemp)
{
    $SUDO apt-get update -q &&
    echo "postfix postfix/main_mailer_type select No configuration" | $SUDO debconf-set-selections &&
    $SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $PACKAGES
} > "$log" 2>&1 || {
    tail -n 3 "$log"
    echo "They could not be installed; their tests are skipped. Try: sudo apt-get install $PACKAGES"
}
rm -f "$log"
exit 0
