#!/bin/sh
# systemd.sh FOLDER CHECKOUT PYTHON NAME: deploy/lotse.service under a systemd that is process 1 of namespaces of its own.
# It sees this machine's files, but for those of systemd itself, of /run, /var and /opt; /opt/lotse is the checkout, as
# `make install` would have left it there, with the Python below PYTHON (called NAME). Nothing outlives it.
set -eu
folder=$1 checkout=$2 python=$3 name=$4
mount --make-rprivate /
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for place in /etc/systemd/system /run /var /opt; do mount -t tmpfs tmpfs "$place"; done
mkdir -p /opt/python /opt/lotse /var/lib /var/tmp /var/log /run/test
mount --rbind "$python" /opt/python
mount --rbind "$checkout" /opt/lotse
mount --bind "$folder" /run/test
mount -t tmpfs tmpfs /opt/lotse/.venv/bin
ln -s "/opt/python/bin/$name" /opt/lotse/.venv/bin/python
cat > /opt/lotse/.venv/bin/lotse <<'PYTHON'
#!/opt/lotse/.venv/bin/python
from bot.__main__ import main
main()
PYTHON
chmod 755 /opt/lotse/.venv/bin/lotse
echo "home = /opt/python/bin" > /run/pyvenv.cfg
mount --bind /run/pyvenv.cfg /opt/lotse/.venv/pyvenv.cfg
cp "$checkout/deploy/lotse.service" /etc/systemd/system/
mkdir /etc/systemd/system/lotse.service.d
# What differs from a real machine: no other units, no journal, and a Python that is not installed.
cat > /etc/systemd/system/lotse.service.d/test.conf <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
EnvironmentFile=
EnvironmentFile=/run/test/lotse.env
Environment=PYTHONPATH=/opt/lotse LD_LIBRARY_PATH=/opt/python/lib
StandardOutput=append:/run/test/log
StandardError=append:/run/test/log
Restart=no
UNIT
exec env -i container=test PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system --unit=lotse.service
