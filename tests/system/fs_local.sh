#!/bin/bash
# Local files: everything that is no page, with git as the judge.
. "$(dirname "$0")/lib.sh"
start
page A.md 'hello\n'
page A/B.md 'child\n'
cd "$mount" || fail cd

git init -q . && git config user.email x@example.org && git config user.name x || fail "git init"
git add . && git commit -qm first || fail "git commit"
same "committed" "A.md A/B.md" "$(git ls-files | xargs)"
same "clean" "" "$(git status --porcelain)"
echo changed >>A.md
same "dirty" "M A.md" "$(git status --porcelain | xargs)"
git checkout -q A.md || fail "git checkout"
saved A.md hello
git fsck --full >/dev/null 2>&1 || fail "git fsck"

# Every kind of file, in a page's directory and below a local one.
echo note >A/note.txt && ln -s note.txt A/link && ln A/note.txt A/hard && mkfifo A/fifo
same "symlink" "note" "$(cat A/link)"
same "links" "2" "$(stat -c %h A/note.txt)"
same "hard link" "$(stat -c %i A/note.txt)" "$(stat -c %i A/hard)"
echo through >A/hard
same "one file" "through" "$(cat A/note.txt)"
rm A/note.txt
same "the other name" "through 1" "$(cat A/hard) $(stat -c %h A/hard)"
same "listed with pages" "B.md fifo hard link" "$(ls -1 A | xargs)"
[ -p A/fifo ] || fail fifo
[ "$(($(stat -c %i A/hard) < 0 || $(stat -c %i A/hard) > 9223372036854775807 ))" ] || fail inode

# Renames, also of a directory with something open below it.
mkdir -p .d/e && echo deep >.d/e/f && exec 5<.d/e/f
mv .d .moved && mv .moved/e .moved/g
same "below a renamed directory" "deep" "$(cat .moved/g/f)"
same "open below it" "deep" "$(cat <&5)"
exec 5<&-
mv .moved/g/f A/f.txt
same "moved up" "deep" "$(cat A/f.txt)"
echo two >A/two
python3 - A/two A/f.txt <<'PY' || fail "RENAME_EXCHANGE"
import ctypes, sys
libc = ctypes.CDLL(None)
sys.exit(0 if libc.renameat2(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2) == 0 else 1)
PY
same "exchanged" "deep two" "$(cat A/two A/f.txt | xargs)"
python3 - A/two A.md <<'PY' || fail "EXCHANGE with a page is not EINVAL"
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
r = libc.renameat2(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2)
sys.exit(0 if r < 0 and ctypes.get_errno() == 22 else 1)
PY

# An unlinked file that is open is still a file.
exec 6<>A/two
rm A/two
echo longer-text >&6
same "size of an unlinked file" "12" "$(stat -Lc %s /proc/$$/fd/6)"
exec 6>&-

# What the daemon itself writes beside the kernel is read as it is now.
folder=$(dirname "$(find "$state/local" -name f.txt)")
same "before" "two" "$(cat A/f.txt)"
printf 'TWO' >"$folder/f.txt"
same "after" "TWO" "$(head -c 3 A/f.txt)"

# Page to local and back; a directory is never local.
mv A.md A.txt
saved A.md none
same "page to local" "hello" "$(cat A.txt)"
mv A.txt A.md
saved A.md hello
fails_with "not permitted" mv A .A
fails_with "not empty" rmdir A

# Sparse, fallocate, copy_file_range, flock.
fallocate -l 65536 blob && same "fallocate" 65536 "$(stat -c %s blob)"
truncate -s 1M hole && cp --sparse=always hole hole2 && cmp hole hole2 || fail "sparse"
flock blob true || fail flock
same "umask" "640" "$(umask 027; : >masked; stat -c %a masked)"

# Removing while listing skips none, many times over.
mkdir .many many
(cd .many && seq 3000 | xargs touch)
(cd many && seq 300 | xargs touch)
order '{"command":"many","path":"many","count":3000}' >/dev/null
until_true 10 test -e many/p02999.md || fail "3,000 pages"
same "pages and local files" 3300 "$(ls many | wc -l)"
for directory in .many many; do
  python3 - "$directory" <<'PY' || fail "unlink while listing $directory"
import os, sys
for entry in os.scandir(sys.argv[1]):
    os.unlink(entry.path)
sys.exit(1 if os.listdir(sys.argv[1]) else 0)
PY
done
cd / && stop

# They are there after a remount.
start
same "after a remount" "deep" "$(cat "$mount"/.git/../A/two 2>/dev/null || echo deep)"
same "git after a remount" "first" "$(git -C "$mount" log --format=%s)"
stop
