#!/bin/bash
# A read-only mount: everything can be read, nothing changed.
. "$(dirname "$0")/lib.sh"
start
same "empty" "" "$(ls -A "$mount")"
echo local >"$mount/note.txt"
stop
start ro
same "local file" "local" "$(cat "$mount/note.txt")"
same "status" "text of status" "$(cat "$mount/.notionfs/status")"
fails_with "Read-only file system" touch "$mount/A.md"
fails_with "Read-only file system" mkdir "$mount/A"
fails_with "Read-only file system" rm "$mount/note.txt"
fails_with "Read-only file system" mv "$mount/note.txt" "$mount/B.md"
fails_with "Read-only file system" chmod 600 "$mount/note.txt"
stop

# What can't be mounted on is said in one sentence.
"$fake" "$state" "$work/none" >"$work/log" 2>&1 && fail "mounted on nothing"
same "one sentence" 1 "$(wc -l <"$work/log")"
grep -q "$work/none can't be mounted on" "$work/log" || fail "it says $(cat "$work/log")"

# An end from outside: the daemon leaves by itself.
start
umount "$mount"
wait "$daemon" || fail "the daemon's exit status is $?"
daemon=
