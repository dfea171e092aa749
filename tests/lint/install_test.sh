#!/bin/bash
# meson install puts everything where it is looked for: both programs, the sample workspace that
# `demo` finds beside them, manual, completion that offers what --help lists, the helper of mount(8),
# the service. usage: install_test.sh BUILD-FOLDER
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
meson install -C "$1" --no-rebuild --destdir "$folder" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
root=$folder/usr/local
[ "$("$root/bin/notionfs" --version)" = "$("$1/notionfs" --version)" ]
"$root/bin/notion-sim" --help >/dev/null 2>&1 || true
[ -x "$root/bin/notion-sim" ] && [ -s "$root/share/notionfs/demo.json" ]
[ -s "$root/share/man/man1/notionfs.1" ] && [ -s "$root/share/man/man5/notionfs.5" ]
[ "$(readlink "$root/sbin/mount.fuse.notionfs")" = /usr/local/bin/notionfs ]
grep -qx 'ExecStart=/usr/local/bin/notionfs mount %h/%I' "$root/lib/systemd/user/notionfs@.service"

# Completion: the words of a command line so far, then what it offers.
PATH=$root/bin:$PATH
compopt() { :; }
# shellcheck disable=SC1091
source "$root/share/bash-completion/completions/notionfs"
offers() {
  local wanted=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _notionfs
  [[ " ${COMPREPLY[*]} " == *" $wanted "* ]] || { echo "\"$*\" offers not $wanted: ${COMPREPLY[*]}"; exit 1; }
}
offers mount notionfs m
offers doctor notionfs ""
offers --complete notionfs sync --
offers ro,sweep= notionfs mount -o ro,sw
offers --token-file notionfs mount --to
echo installed
