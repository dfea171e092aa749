#!/bin/bash
# Saving with ordinary programs and editors: what arrives in the workspace.
. "$(dirname "$0")/lib.sh"
start
page A.md 'hello\nworld\n'
inode=$(stat -c %i "$mount/A.md")

echo more >>"$mount/A.md"
saved A.md $'hello\nworld\nmore'
sed -i s/world/WORLD/ "$mount/A.md"
saved A.md $'hello\nWORLD\nmore'
same "inode after sed -i" "$inode" "$(stat -c %i "$mount/A.md")"
same "seen after sed -i" "hello WORLD more" "$(xargs <"$mount/A.md")"
same "nothing left over" "A.md" "$(ls -A "$mount" | xargs)"
printf 'in place\n' >"$mount/A.md"
saved A.md 'in place'
truncate -s 2 "$mount/A.md"
saved A.md 'in'
(echo one; echo two) >"$mount/A.md"
saved A.md $'one\ntwo'
(echo three >&8; echo four >&8) 8>>"$mount/A.md"
saved A.md $'one\ntwo\nthree\nfour'

# Temp file + rename over; what is written to it after the rename arrives too.
echo temp >"$mount/.A.tmp" && mv "$mount/.A.tmp" "$mount/A.md"
saved A.md temp
same "seen" "temp" "$(cat "$mount/A.md")"
exec 7>"$mount/.late"
echo early >&7
mv "$mount/.late" "$mount/A.md"
echo late >&7
exec 7>&-
until_true 5 test "$(cat "$mount/A.md" | xargs)" = "early late" || fail "late bytes are lost"
saved A.md $'early\nlate'

# Temp page + rename over.
echo page >"$mount/tmp.md" && mv "$mount/tmp.md" "$mount/A.md"
saved A.md page
same "seen" "page" "$(cat "$mount/A.md")"
same "temp page" none "$(order '{"command":"text","path":"tmp.md"}')"

# vim: rename away + create, and in place.
for how in no yes; do
  printf 'vim\n' >"$mount/V.md"
  before=$(stat -c %i "$mount/V.md")
  vim -es -u NONE -i NONE -c "set backupcopy=$how backup writebackup backupskip=" -c '%s/vim/VIM/' -c wq "$mount/V.md" </dev/null
  saved V.md VIM
  same "vim's backup, $how" "vim" "$(cat "$mount/V.md~")"
  same "inode, $how" "$before" "$(stat -c %i "$mount/V.md")"
  [ "$(stat -c %i "$mount/V.md~")" != "$before" ] || fail "page and backup look like hard links"
  rm "$mount/V.md~"
done

# unlink + create is the same page; cp, mv, tee.
before=$(stat -c %i "$mount/V.md")
rm "$mount/V.md" && echo again >"$mount/V.md"
same "inode after unlink + create" "$before" "$(stat -c %i "$mount/V.md")"
saved V.md again
cp "$mount/V.md" "$mount/W.md"
saved W.md again
mv "$mount/W.md" "$mount/X.md"
saved X.md again
[ ! -e "$mount/W.md" ] || fail "the old name is still there"
echo tee | tee "$mount/X.md" >/dev/null
saved X.md tee
rm "$mount/X.md"
saved X.md none
mkdir "$mount/dir" && echo in >"$mount/dir/P.md"
saved dir/P.md in
fails_with "not empty" rmdir "$mount/dir"
rm "$mount/dir/P.md" && rmdir "$mount/dir" || fail "rmdir"

# mmap without a flush, and a file that ends in a hole.
python3 - "$mount/A.md" <<'PY' || fail "mmap"
import mmap, os, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_TRUNC)
os.ftruncate(fd, 8)
with mmap.mmap(fd, 8) as memory:
    memory[0:8] = b"mapped!\n"
os.close(fd)
PY
until_true 5 test "$(order '{"command":"text","path":"A.md"}')" = 'mapped!' || fail "mmap is lost"

# Refusals.
fails_with "not permitted" ln -s x "$mount/link.md"
fails_with "not permitted" ln "$mount/A.md" "$mount/hard.md"
fails_with "not permitted" mknod "$mount/fifo.md" p
fails_with "too long" touch "$mount/$(printf 'n%.0s' $(seq 256)).md"
fails_with "Invalid or incomplete" touch "$mount/$(printf 'bad\377').md"
fails_with "not permitted" mv "$mount/A.md" "$mount/.notionfs/x"
chmod 600 "$mount/A.md" && same "mode" 600 "$(stat -c %a "$mount/A.md")"
touch -d 2020-01-02T03:04:05Z "$mount/A.md"
same "mtime" 1577934245 "$(stat -c %Y "$mount/A.md")"
stop
