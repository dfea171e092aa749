#!/bin/bash
# Local files are as good as an ordinary file system's: the same calls with the same answers, in a
# page's directory, below one with a dot and below one of the user's; nothing of it is ever sent, and
# it is there after a remount.
. "$(dirname "$0")/dances.sh"
ready -o 'local=*.tmp.md'
said=$(judge before) || fail "judge: $said"
mkdir "$work/plain" "$there/.obsidian" "$there/own"
(cd "$work/plain" && python3 "$here/local_calls.py") >"$work/expected" || fail "on a plain file system"
for directory in "$there/.obsidian" "$there/own" "$there"; do
  # Names of a page's directory are UTF-8 where they would be a page's; its own page is in the way.
  (cd "$directory" && python3 "$here/local_calls.py") >"$work/said" || fail "${directory##*/}"
  diff <(sed "s/('\.[^)]*), //" "$work/expected") <(sed -e "s/('Page.md', False, False), //" \
    -e "s/('own', True, False), //" "$work/said") || fail "${directory##*/}: other answers"
done

# What is refused is refused as said: O_TMPFILE, extended attributes, a page's name for what is none.
fails_with "not supported" python3 -c "import os, sys; os.open(sys.argv[1], os.O_TMPFILE | os.O_RDWR)" "$there/own"
for path in "$there/own" "$there/$file"; do
  fails_with "not supported" python3 -c "import os, sys; os.setxattr(sys.argv[1], 'user.x', b'y')" "$path"
  fails_with "not supported" python3 -c "import os, sys; os.getxattr(sys.argv[1], 'user.x')" "$path"
done
fails_with "not permitted" ln -s x "$there/Link.md"
fails_with "not permitted" ln "$there/$file" "$there/hard"
fails_with "not permitted" mkfifo "$there/Fifo.md"
fails_with "Invalid argument" python3 -c "
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
r = libc.renameat2(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2)
sys.exit(os.strerror(ctypes.get_errno()) if r < 0 else 0)" "$there/own" "$there/$file"

# O_DIRECT: as the disk below has it, or refused; the bytes are right.
printf '%4096s' x >"$there/direct"
dd if="$there/direct" of="$work/direct" bs=4096 iflag=direct status=none 2>"$work/said" &&
  { cmp "$there/direct" "$work/direct" || fail "O_DIRECT"; }

# Names that are local: editors' own, and `local=`.
mkdir -p "$there/.vscode" && echo '{}' >"$there/.vscode/settings.json"
for name in .Page.md.swp Page.md~ '#Page.md#' Notes.tmp.md 4913 Page.md.bak "$file.orig"; do
  echo "$name" >"$there/$name" || fail "$name"
  same "$name" "$name" "$(cat "$there/$name")"
done
ln -s user@host.1 "$there/.#Page.md"
same "a lock" user@host.1 "$(readlink "$there/.#Page.md")"
rm "$there/.#Page.md"
find "$there" -mindepth 1 -depth -type d -empty -delete # what stays empty would be pages
ls -AR "$there" >"$work/listing"
synced
post clock '{"advance_s": 120}' >/dev/null || fail "clock"
synced
said=$(judge after "$id" "$there/$file") || fail "$said"
same "writes" 0 "$said"
(cd "$there" && find . -type f ! -name Page.md -print0 | sort -z | xargs -0 stat -c '%n %i %s %a %u %Y' --) >"$work/stats"
stop
start -o "local=*.tmp.md,poll=0,sweep=off"
same "after a remount" "" "$(ls -AR "$there" | diff "$work/listing" -)"
same "their numbers, sizes, modes and times" "" "$(cd "$there" && find . -type f ! -name Page.md -print0 | sort -z |
  xargs -0 stat -c '%n %i %s %a %u %Y' -- | diff "$work/stats" -)"
stop
