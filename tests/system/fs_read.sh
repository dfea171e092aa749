#!/bin/bash
# Listing and reading with ordinary programs; changes from outside.
. "$(dirname "$0")/lib.sh"
start
page A.md 'hello\nworld\n'
page A/B.md 'child\n'
page A/C.md 'another child\n'

same "root" "A A.md" "$(ls -1 "$mount" | xargs)"
same "child directory" "B.md C.md" "$(ls -1 "$mount/A" | xargs)"
same "cat" "hello world" "$(xargs <"$mount/A.md")"
same "grep" "$mount/A/B.md:1:child" "$(grep -rn '^child' "$mount")"
same "find" "4" "$(find "$mount" -mindepth 1 | wc -l)"
same "size" "12" "$(stat -c %s "$mount/A.md")"
fails_with "No such file" cat "$mount/none.md"
fails_with "Not a directory" ls "$mount/A.md/x"

# .notionfs/ is reachable and not listed; sizes are exact.
same "status" "text of status" "$(cat "$mount/.notionfs/status")"
same "status size" "15" "$(stat -c %s "$mount/.notionfs/status")"
same "control mode" "600" "$(stat -c %a "$mount/.notionfs/control")"
fails_with "No such file" cat "$mount/A/.notionfs/status"

# Type and source of the mount; xattr costs nothing.
same "type" "fuse.notionfs" "$(stat -f -c %T "$mount" >/dev/null && findmnt -no FSTYPE "$mount")"
same "source" "notionfs:fake, one" "$(findmnt -no SOURCE "$mount")"

# What changes outside is seen, whether read before or not.
page A.md 'something else entirely\n'
until_true 5 grep -q entirely "$mount/A.md" || fail "a changed page is stale"
same "changed size" "24" "$(stat -c %s "$mount/A.md")"
page A/D.md 'new\n'
until_true 5 test -e "$mount/A/D.md" || fail "a new page is not found"
until_true 5 sh -c "ls $mount/A | grep -q D.md" || fail "a new page is not listed"

# A reader keeps what it opened, whole; a new open sees the new version, under the same st_ino.
page Long.md "$(printf 'old %.0s' $(seq 5000))"
until_true 5 test -e "$mount/Long.md" || fail "Long.md"
inode=$(stat -c %i "$mount/Long.md")
exec 5<"$mount/Long.md"
read -rN 40 first <&5
page Long.md 'new text\n'
until_true 5 grep -q new "$mount/Long.md" || fail "the new version is not opened"
same "inode" "$inode" "$(stat -c %i "$mount/Long.md")"
same "old reader" "20000 0" "$( (printf %s "$first"; cat <&5) | tee "$work/old" | wc -c) $(grep -c new "$work/old")"
same "old size" "20000" "$(stat -Lc %s /proc/$$/fd/5)"
exec 5<&-
same "new reader" "new text" "$(cat "$mount/Long.md")"
stop
