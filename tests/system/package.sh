#!/bin/bash
# The Debian package: built by one command, installed in a clean root, and what a person does first
# works there. Asks Debian's mirror. usage: package.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/expect.sh"
[ "$(id -u)" = 0 ] && [ -e /dev/fuse ] || exit 77
cd "$1" || exit 2
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
work=$(mktemp -d)
root=$work/root
cleanup() {
  status=$?
  chroot "$root" notionfs unmount /root/notion >/dev/null 2>&1
  pkill -KILL -f "$root" 2>/dev/null
  for folder in root/notion dev sys proc; do umount -R -l "$root/$folder" 2>/dev/null; done
  rm -rf --one-file-system "$work"
  exit "$status"
}
trap cleanup EXIT

tools/package >"$work/log" 2>&1 || fail "tools/package: $(tail -30 "$work/log")"
package=$(tail -1 "$work/log")
[ -f "$package" ] || fail "no package: $package"
dpkg-deb --contents "$package" >"$work/contents"
for file in usr/bin/notionfs usr/bin/notion-sim usr/sbin/mount.fuse.notionfs usr/share/man/man1/notionfs.1.gz \
  usr/share/man/man5/notionfs.5.gz usr/share/bash-completion/completions/notionfs usr/lib/systemd/user/notionfs@.service \
  usr/share/notionfs/demo.json usr/share/doc/notionfs/README.md; do
  grep -qE "\./$file(\.gz)?( |$)" "$work/contents" || fail "not in it: $file"
done

command -v debootstrap >/dev/null || apt-get install -y -q debootstrap >/dev/null || fail "debootstrap"
debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap" 2>&1 || fail "debootstrap: $(tail -3 "$work/debootstrap")"
cp -r /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/apt/trusted.gpg.d "$root/etc/apt/" 2>/dev/null
[ -f /etc/apt/sources.list ] && cp /etc/apt/sources.list "$root/etc/apt/"
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null
for folder in proc sys dev; do
  mount --rbind "/$folder" "$root/$folder" && mount --make-rslave "$root/$folder" || fail "mount $folder"
done
cp "$package" "$root/root/notionfs.deb"
inside() { chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update >"$work/apt" 2>&1 || fail "apt-get update: $(tail -3 "$work/apt")"
inside apt-get install -y --no-install-recommends /root/notionfs.deb >"$work/apt" 2>&1 || fail "apt-get install: $(tail -5 "$work/apt")"

same "version" "notionfs $(sed -n "s/^project.*version: '\([^']*\)'.*/\1/p" meson.build)" "$(inside notionfs --version)"
inside notionfs --help | grep -q mount || fail "help"
inside mkdir /root/notion
inside notionfs demo /root/notion >"$work/demo" 2>&1 || fail "demo: $(cat "$work/demo")"
inside grep -rq coffee /root/notion || fail "the demo has no coffee: $(inside ls /root/notion)"
inside sh -c 'cd /root/notion/* && printf "\nFrom a package.\n" >>Handbook.md && notionfs sync' >"$work/sync" 2>&1 || fail "sync: $(cat "$work/sync")"
inside notionfs unmount /root/notion || fail "unmount"
inside apt-get purge -y notionfs >"$work/apt" 2>&1 || fail "purge: $(tail -3 "$work/apt")"
same "left behind" "" "$(inside sh -c 'command -v notionfs; ls -d /usr/share/notionfs 2>/dev/null')"
exit 0
