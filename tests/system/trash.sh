#!/bin/bash
# .notionfs/trash: what was removed is listed there with its text, at once and after a remount, can't
# be written, and comes back by mv: within the grace time without a request, after it out of
# Notion's trash, with all that was in it, the same files, and what was saved and not sent.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off,trash_delay=600
complete
top="$mount/Lantern Yard Coffee"
trash="$mount/.notionfs/trash"
same "empty" "" "$(ls "$trash")"

# Within the grace time.
remember
forget_requests
cp "$top/Handbook.md" "$work/handbook.md"
number=$(stat -c %i "$top/Handbook.md")
rm "$top/Handbook.md"
same "listed" "Handbook.md" "$(ls "$trash")"
same "its text" "" "$(diff "$work/handbook.md" "$trash/Handbook.md")"
fails_with "Operation not permitted" bash -c 'echo more >>"$1"' _ "$trash/Handbook.md"
fails_with "Operation not permitted" mv "$trash/Handbook.md" "$mount/"
grep -q "top of a workspace" "$mount/.notionfs/errors" || fail "why not to the top is not said"
fails_with "Operation not permitted" touch "$trash/New.md"
mv "$trash/Handbook.md" "$top/" || fail "mv"
same "listed after mv" "" "$(ls "$trash")"
same "its text" "" "$(diff "$work/handbook.md" "$top/Handbook.md")"
same "its number" "$number" "$(stat -c %i "$top/Handbook.md")"
# Two of one name.
rm "$top/Meetings/Monday meeting"*.md
same "three" 3 "$(ls "$trash" | wc -l)"
mv "$trash"/*.md "$top/Meetings/" || fail "mv"
same "back" 3 "$(ls "$top/Meetings" | wc -l)"
synced
same "writes" 0 "$(count_requests "$is_write")"
changed ""
stop

# After it.
start -o poll=0,sweep=off,trash_delay=2
cp -r "$top/Archive" "$work/archive"
number=$(stat -c %i "$top/Archive/Menu 2015.md")
printf '\nMore.\n' >>"$top/Archive/Menu 2015.md"
printf 'Never sent.\n' >"$top/Archive/New.md"
rm -r "$top/Archive/New.md" "$top/Archive/To be written.md"
until_true 20 eval '[ "$(count_requests "$is_write")" -ge 2 ]' || fail "no trash"
rm -r "$top/Archive" "$top/Archive.md"
is_trashed() { dump | jq -e '.pages[] | select(.properties[].title[0].plain_text? == "Archive") | .in_trash' | grep -q true; }
until_true 30 is_trashed || fail "not trashed"
until_true 5 test -d "$trash/Archive" || fail "not in the trash: $(ls "$trash")"
same "listed" "Archive
Archive.md
To be written.md" "$(ls "$trash")"
tail -n1 "$trash/Archive/Menu 2015.md" | grep -qx 'More.' || fail "the text of a page below"
fails_with "Operation not permitted" bash -c 'echo more >"$1"' _ "$trash/Archive/Menu 2015.md"
stop
start -o poll=0,sweep=off,trash_delay=600
same "listed after a remount" "Archive
Archive.md
To be written.md" "$(ls "$trash")"
mv "$trash/Archive.md" "$top/" || fail "mv"
same "shown at once" "Menu 2015.md" "$(ls "$top/Archive")"
mv "$trash/To be written.md" "$top/Archive/" || fail "mv of the other"
until_true 20 status_is '.pending == 0' || fail "pending"
synced
same "trash" "" "$(ls "$trash")"
changed "insert paragraph in Menu 2015 after Cake from the corner, until three.: More."
same "its number" "$number" "$(stat -c %i "$top/Archive/Menu 2015.md")"

# Saved, removed before it was sent, and taken back: then it is sent. Killed in between.
remember
printf '\nNot sent.\n' >>"$top/Archive/Menu 2015.md"; rm "$top/Archive/Menu 2015.md"
tail -n1 "$trash/Menu 2015.md" | grep -qx 'Not sent.' || fail "the text that was not sent"
crash
start -o poll=0,sweep=off,trash_delay=0
same "listed after kill -9" "Menu 2015.md" "$(ls "$trash")"
tail -n1 "$trash/Menu 2015.md" | grep -qx 'Not sent.' || fail "the text that was not sent"
mv "$trash/Menu 2015.md" "$top/Archive/" || fail "mv"
crash
start -o poll=0,sweep=off,trash_delay=600
synced
changed "insert paragraph in Menu 2015 after More.: Not sent."

# To another directory: within the grace time a move like any other, after it out of Notion's trash
# and then moved, under another name if that is asked for; with its id, number, text and save.
parent_of() { dump | jq -r --arg id "$1" '.pages[] | select(.id == $id) | .parent.page_id'; }
id=$(id_of "$top/Archive/Menu 2015.md")
meetings=$(id_of "$top/Meetings.md")
rm "$top/Archive/Menu 2015.md"
mv "$trash/Menu 2015.md" "$top/Meetings/Menu.md" || fail "mv to another directory"
synced
same "moved" "$meetings" "$(parent_of "$id")"
same "moved as" "$id $number" "$(id_of "$top/Meetings/Menu.md") $(stat -c %i "$top/Meetings/Menu.md")"
stop
start -o poll=0,sweep=off,trash_delay=0
cp "$top/Meetings/Menu.md" "$work/menu"
rm "$top/Meetings/Menu.md"
until_true 20 eval '[ -e "$trash/Menu.md" ] && [ ! -e "$top/Meetings/Menu.md" ]' || fail "not in the trash"
is_gone() { dump | jq -e --arg id "$id" '.pages[] | select(.id == $id) | .in_trash' >/dev/null; }
until_true 20 is_gone || fail "not in Notion's trash"
until_true 20 status_is '.pending == 0' || fail "pending"
fails_with "Operation not permitted" mv "$trash/Menu.md" "$mount/Menu.md"
fails_with "File exists" python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$trash/Menu.md" "$top/Handbook.md"
fails_with "File exists" python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$trash/Menu.md" "$top/Tasks.md"
forget_requests
(cd "$trash" && mv Menu.md "../../${top##*/}/Archive/Menu again.md") || fail "mv with .."
crash
start -o poll=0,sweep=off,trash_delay=600
synced
same "restored, then moved, once" "PATCH pages
PATCH pages
POST pages/move" "$(requests | jq -r ".[] | select($is_write) | \"\(.method) \(.path | sub(\"/v1/\"; \"\") | sub(\"/[0-9a-f-]{36}\"; \"\"))\"" | sort)"
same "restored elsewhere" "$(id_of "$top/Archive.md") false" \
  "$(parent_of "$id") $(dump | jq --arg id "$id" '.pages[] | select(.id == $id) | .in_trash')"
same "restored as" "$id $number" "$(id_of "$top/Archive/Menu again.md") $(stat -c %i "$top/Archive/Menu again.md")"
cmp "$work/menu" "$top/Archive/Menu again.md" || fail "its text"
same "trash" "" "$(ls "$trash")"
# A row: only where its values have a place.
rm "$top/Tasks/Swap the bearing.md"
fails_with "Operation not permitted" mv "$trash/Swap the bearing.md" "$top/Archive/"
grep -q "it would lose" "$mount/.notionfs/errors" || fail "what a row would lose is not said"
mv "$trash/Swap the bearing.md" "$top/Tasks/" || fail "mv of a row"

# Out of the list; Notion has it still.
rm "$mount/Notes of Inés.md"
fails_with "Operation not permitted" rm "$trash/Notes of Inés.md"
mv "$trash/Notes of Inés.md" "$mount/" || fail "mv"
stop
start -o poll=0,sweep=off,trash_delay=0
rm "$mount/Notes of Inés.md"
until_true 20 eval 'rm "$trash/Notes of Inés.md"' || fail "rm of what is trashed"
same "trash" "" "$(ls "$trash")"
stop
