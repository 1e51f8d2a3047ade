#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Does a stranger's first minute work? Makes the smallest Debian there is in a folder of its own, clones the
# repository's HEAD into it, and runs `./dev run` and `./dev test` there. Needs root and debootstrap.
#
#   tests/interop/bare-system.sh [FOLDER] [COMMAND…]     FOLDER is kept, for a second look; default: a temporary one
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "bare-system: needs root, for chroot" >&2; exit 77; }
command -v debootstrap >/dev/null || { echo "bare-system: debootstrap is not installed" >&2; exit 77; }

folder=${1:-}
[ $# = 0 ] || shift
kept=1
if [ -z "$folder" ]; then folder=$(mktemp -d /var/tmp/baton-bare.XXXXXX); kept=0; fi
root=$folder/root
# The mirror and release are those that this machine gets its own packages from.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | head -1)
release=$(. /etc/os-release; echo "$VERSION_CODENAME")

unmount () {
  local place
  for place in dev/shm dev/pts dev proc; do
    if mountpoint -q "$root/$place"; then umount -l "$root/$place"; fi
  done
}
finish () { unmount; [ $kept = 1 ] || rm -rf "$folder"; }
trap finish EXIT

mkdir -p "$folder"
if [ -f "$folder/minbase.tar" ]; then
  unmount; rm -rf "$root"
  debootstrap --variant=minbase --unpack-tarball="$folder/minbase.tar" "$release" "$root" "$mirror" > "$folder/debootstrap.log"
else
  debootstrap --variant=minbase "$release" "$root" "$mirror" > "$folder/debootstrap.log"
fi
# What makes apt and the network work here makes them work there.
rm -f "$root/etc/apt/sources.list"
cp -rL /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/" 2>/dev/null || cp /etc/apt/sources.list "$root/etc/apt/"
cp -L /etc/apt/apt.conf.d/*prox* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" 2>/dev/null && mount --make-rslave "$root/dev"
mkdir -p "$root/dev/shm"
mountpoint -q "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"

rm -rf "$root/root/baton"
git clone -q --no-hardlinks "$top" "$root/root/baton"
inside () { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }

if [ $# -gt 0 ]; then
  inside sh -c 'cd /root/baton && exec "$@"' sh "$@"
  exit
fi
status=0
for command in run run test; do
  before=$(date +%s)
  inside sh -c "cd /root/baton && ./dev $command" < /dev/null || status=$?
  echo "bare-system: ./dev $command took $(($(date +%s) - before)) s, status $status"
done
exit $status
