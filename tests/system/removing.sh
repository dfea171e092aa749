#!/bin/bash
# rm: a removed tree is one call of its top page, whatever the order of the unlinks; a page that
# still holds something comes back and says why; a page that was never sent never appears; what
# Notion refuses comes back.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off,trash_delay=1
complete
top="$mount/Lantern Yard Coffee"
writes() { count_requests "$is_write"; }
wait_writes() { until_true 15 eval '[ "$(writes)" -ge '"$1"' ]' || fail "no write"; }

# A tree, page after page and the top last, as `rm -r X X.md` does it; a new page in it.
remember
forget_requests
printf 'Never sent.\n' >"$top/Archive/New.md"
rm -r "$top/Archive" "$top/Archive.md"
[ -e "$top/Archive.md" ] || [ -e "$top/Archive" ] && fail "still shown"
wait_writes 1
sleep 2
same "writes of rm -r X X.md" 1 "$(writes)"
changed "delete child_page: Archive
trash page Archive"

# The other way round.
remember
forget_requests
rm "$top/Meetings.md" && rm -r "$top/Meetings"
wait_writes 1
sleep 2
same "writes of rm X.md; rm -r X" 1 "$(writes)"
changed "delete child_page: Meetings
trash page Meetings"

# X.md alone, its directory still full: it returns and says so, until it is settled.
remember
forget_requests
rm "$top/Loose sheets.md"
[ -e "$top/Loose sheets.md" ] && fail "still shown"
until_true 20 test -e "$top/Loose sheets.md" || fail "did not return"
until_true 5 test -e "$top/Loose sheets.md.error" || fail "no reason"
grep -q 'not removed: Loose sheets/.* is still there' "$top/Loose sheets.md.error" || fail "$(cat "$top/Loose sheets.md.error")"
grep -q 'Loose sheets.md: not removed' "$mount/.notionfs/errors" || fail "errors: $(cat "$mount/.notionfs/errors")"
same "state" error "$(state_of "$top/Loose sheets.md")"
timeout 20 "$notionfs" sync "$mount" >"$work/said" 2>&1 && fail "sync says all is well"
grep -q 'Loose sheets.md' "$work/said" || fail "sync: $(cat "$work/said")"
rm "$top/Loose sheets.md.error"
same "state" synced "$(state_of "$top/Loose sheets.md")"
synced
same "writes" 0 "$(writes)"
changed ""

# A directory that holds files of ours only is not empty either; rmdir never trashes a page.
mkdir "$top/Handbook" && echo mine >"$top/Handbook/notes.txt"
rm "$top/Handbook.md"
until_true 20 test -e "$top/Handbook.md" || fail "did not return"
until_true 5 grep -q 'Handbook/notes.txt is still there' "$top/Handbook.md.error" || fail "reason"
rm -r "$top/Handbook"
sleep 2
same "writes" 0 "$(writes)"
[ -e "$top/Handbook.md" ] || fail "rmdir took the page"
changed ""
rm "$top/Handbook.md"
wait_writes 1
changed "delete child_page: Handbook
trash page Handbook"
[ -e "$top/Handbook.md.error" ] && fail "the reason stays"

# Notion refuses: back again.
remember
forget_requests
post faults '{"faults":[{"match":{"method":"PATCH","path":"/pages/","nth":1},"do":"status","status":403}]}' >/dev/null
rm "$mount/Notes of Inés.md"
until_true 20 test -e "$mount/Notes of Inés.md" || fail "did not return"
until_true 5 grep -q 'not removed: Notion refuses' "$mount/Notes of Inés.md.error" || fail "reason"
changed ""

# Rows: one call each. The database itself stays.
remember
forget_requests
rm "$mount/Lots/Samples/"*.md
rmdir "$mount/Lots/Samples" 2>/dev/null && fail "a database was removed"
wait_writes 1
changed "trash page Guji, sample 7"
stop
