#!/bin/bash
# More than 50 pages removed within a minute are held, hidden, over a remount and a kill -9, until a
# person confirms all or some, or takes them back. And what is trashed in Notion is in our trash
# with the local files that lay in it.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off,trash_delay=8
complete
top="$mount/Lantern Yard Coffee"
trash="$mount/.notionfs/trash"
try_sync() { timeout 20 "$notionfs" sync "$@" >"$work/said" 2>&1; }
remember
forget_requests
find "$mount" -name '*.md' -delete
same "shown" "" "$(find "$mount" -name '*.md')"
sleep 9 # the grace time is over
try_sync "$mount"
same "sync" 1 $?
grep -q 'Lantern Yard Coffee.md' "$work/said" || fail "sync: $(cat "$work/said")"
same "writes" 0 "$(count_requests "$is_write")"
status_is '.held | index("Lantern Yard Coffee.md") and (index("Lantern Yard Coffee/Archive.md") | not)' || fail "held: $(jq -c .held "$mount/.notionfs/status.json")"
grep -q 'held, more than 50 pages' "$mount/.notionfs/errors" || fail "errors"
crash
start -o poll=0,sweep=off,trash_delay=8
same "shown" "" "$(find "$mount" -name '*.md')"
mv "$trash/Lantern Yard Coffee.md" "$mount/" || fail "mv"
until_true 10 test -e "$top/Archive/Menu 2015.md" || fail "what was in it did not come back"
same "writes" 0 "$(count_requests "$is_write")"
changed ""
try_sync --confirm "$mount/Notes of Inés.md" || true
until_true 40 eval '[ "$(count_requests "$is_write")" = 1 ]' || fail "not confirmed: $(cat "$work/said")"
changed "trash page Notes of Inés"
rows=$(ls "$trash" | grep -vc 'Notes of')
try_sync --confirm "$mount" || true
until_true 40 eval '[ "$(count_requests "$is_write")" = $((rows + 1)) ]' || fail "rows: $rows, $(cat "$work/said")"
until_true 20 status_is '.held == []' || fail "still held"

# Trashed in Notion.
echo mine >"$top/Archive/notes.txt"
id=$(id_of "$top/Archive.md")
post edit "{\"as\":\"app\",\"op\":\"trash\",\"id\":\"$id\"}" >/dev/null
stop
rm -r "$XDG_CACHE_HOME"
start -o poll=0,sweep=off,trash_delay=8
complete
until_true 30 test -e "$trash/Archive/notes.txt" || fail "its local files: $(ls -R "$trash")"
[ -e "$top/Archive.md" ] && fail "still shown"
mv "$trash/Archive.md" "$top/" || fail "mv"
same "back" mine "$(cat "$top/Archive/notes.txt")"
until_true 20 status_is '.pending == 0' || fail "pending"
dump | jq -e --arg id "$id" '.pages[] | select(.id == $id) | .in_trash == false' >/dev/null || fail "still in Notion's trash"
stop
