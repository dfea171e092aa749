#!/bin/bash
# As mount(8) and /etc/fstab call it: by the helper's name, and as mount.fuse does, without the word
# `mount`; options that are for others are left alone; a page's id as source shows that page alone.
. "$(dirname "$0")/mounted.sh"
serve
ln -s "$notionfs" "$work/mount.fuse.notionfs"
printf 'ntn_test\n' >"$work/token"
chmod 600 "$work/token"
unset NOTION_API_TOKEN

gone() {
  "$notionfs" unmount "$mount" >>"$work/log" 2>&1 || fail "unmount"
  mountpoint -q "$mount" && fail "still mounted"
  return 0
}

"$work/mount.fuse.notionfs" notionfs "$mount" -s -n -o "rw,noauto,user,_netdev,x-systemd.automount,poll=0,token_file=$work/token" >>"$work/log" 2>&1 || fail "the helper"
until_true 15 answers || fail "not mounted"
[ -d "$mount/Lantern Yard Coffee" ] || fail "nothing there"
gone
"$notionfs" none "$mount" -o "poll=0,sweep=off,token_file=$work/token" >>"$work/log" 2>&1 || fail "the form of mount.fuse"
until_true 15 answers || fail "not mounted"
id=$(id_of "$mount/Lantern Yard Coffee.md")
gone
"$work/mount.fuse.notionfs" "$id" "$mount" -o "token_file=$work/token" >>"$work/log" 2>&1 || fail "a page as source"
until_true 15 answers || fail "not mounted"
gone
"$work/mount.fuse.notionfs" -f notionfs "$mount" -o "token_file=$work/token" || fail "-f"
mountpoint -q "$mount" && fail "-f mounts nothing"
said=$("$work/mount.fuse.notionfs" notionfs "$mount" -o nonsense 2>&1)
same "an unknown option" 2 $?
grep -q '"nonsense" is no option' <<<"$said" || fail "it says: $said"
"$work/mount.fuse.notionfs" notionfs >/dev/null 2>&1
same "no directory" 2 $?
