#!/bin/bash
# The disk of the queue is full: that write says ENOSPC, what was saved earlier is owed still and
# survives a crash, the page reads as before, and saves go on when there is room again. The same
# with a disk that was made read-only, and with a state folder that was deleted: each is said.
. "$(dirname "$0")/mounted.sh"
[ "$(id -u)" = 0 ] || exit 77
mkdir -p "$work/state"
mount -t tmpfs -o size=12m tmpfs "$work/state" || exit 77
disk_gone() {
  mountpoint -q "$mount" && umount -l "$mount"
  umount -l "$work/state"
  cleanup
}
trap disk_gone EXIT

# save FILE TEXT-FILE: as a careful program does; prints what the system says, "" when it is well.
save() {
  python3 - "$1" "$2" <<'EOF'
import os, sys
text = open(sys.argv[2], "rb").read()
try:
    fd = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC)
    try:
        os.write(fd, text)
        os.fsync(fd)
    finally:
        os.close(fd)
except OSError as error:
    print(error.strerror)
EOF
}

serve
start -o save_delay=10
complete
top="$mount/Lantern Yard Coffee"
first="$top/Archive/Menu 2015.md"
second="$top/Handbook.md"
cp "$second" "$work/old.md"
sed 's/until three/until four/' "$first" >"$work/first.md"
{ cat "$work/old.md"; head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 1500; } >"$work/large.md"

same "first save" "" "$(save "$first" "$work/first.md")"
remember
dd if=/dev/zero of="$work/state/fill" bs=64k status=none 2>/dev/null
same "a save on a full disk" "No space left on device" "$(save "$second" "$work/large.md")"
until_true 10 cmp -s "$second" "$work/old.md" || fail "the page does not read as before"
same "its size" "$(stat -c %s "$work/old.md")" "$(stat -c %s "$second")"
same "the save before" "" "$(cmp "$first" "$work/first.md" 2>&1)"
same "its state" pending "$(state_of "$first")"
same "the other's" synced "$(state_of "$second")"
crash
start -o save_delay=10
same "after a crash" "" "$(cmp "$first" "$work/first.md" 2>&1)"
rm "$work/state/fill"
sed 's/sewing machine/sewing table/' "$work/old.md" >"$work/second.md"
same "with room again" "" "$(save "$second" "$work/second.md")"
synced
changed "update paragraph: Cake from the corner, until three. -> Cake from the corner, until four.
update paragraph: We opened the shop in May 2015, in the room that is the office now. It had one table and the grinder stood on a sewing machine. -> We opened the shop in May 2015, in the room that is the office now. It had one table and the grinder stood on a sewing table."

# Deleted while it is in use: nothing is said to be safe that is not.
rm -rf "$work"/state/notionfs
same "without a state folder" "Input/output error" "$(save "$second" "$work/old.md")"
grep -q 'was deleted: nothing can be saved' "$mount/.notionfs/status" || fail "status: $(cat "$mount/.notionfs/status")"
grep -q 'was deleted: nothing can be saved' "$mount/.notionfs/errors" || fail "errors"
until_true 10 cmp -s "$second" "$work/second.md" || fail "the page does not read as before"
crash
