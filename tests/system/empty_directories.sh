#!/bin/bash
# mkdir sends nothing; a directory that is still empty when the grace time is over is a page, and so
# are those it lies in. One that holds something by then, is gone, or lies where a source tree is,
# stays what it is. Over a rename, a remount and kill -9 in between.
. "$(dirname "$0")/mounted.sh"
serve
export NOTIONFS_TEST_CLOCK=$url
start -o poll=30,sweep=off,trash_delay=30
complete
top="$mount/Lantern Yard Coffee"
later() { post clock "{\"advance_s\": $1}" >/dev/null || fail "clock"; }
kept() { # NAME: of the state, before a crash
  until_true 10 grep -aq "$1" "$work"/state/notionfs/*/data.mdb || fail "$1 is not remembered"
}
made() { requests | jq -r '.[] | select(.method == "POST" and .path == "/v1/pages") | .path' | wc -l; }
page_of() { dump | jq -r --arg title "$1" '.pages[] | select(.in_trash | not) | select(.properties[].title[0].plain_text? == $title) | .id'; }
parent_of() { dump | jq -r --arg id "$(page_of "$1")" '.pages[] | select(.id == $id) | .parent.page_id'; }

remember
forget_requests
mkdir "$top/Alone" "$top/Taken back" "$top/With files" "$top/With git" "$top/Old name" "$top/node_modules"
mkdir -p "$top/One/Two/Three"
rmdir "$top/Taken back"
echo x >"$top/With files/notes.txt" && mkdir "$top/With files/Below"
git -C "$top/With git" init -q
mv "$top/Old name" "$top/New name"
cd "$top/Alone" || fail "cd"
kept "One/Two/Three"
kept "New name"
later 20
synced
same "within the grace time" 0 "$(made)"
same "nothing is sent" "" "$(changes)"
later 11
until_true 30 eval '[ "$(made)" = 5 ]' || fail "made: $(made)"
synced
later 60
synced
same "what is made" "new page Alone in Lantern Yard Coffee
new page New name in Lantern Yard Coffee
new page One in Lantern Yard Coffee
new page Three in Two
new page Two in One" "$(changes | grep '^new page' | LC_ALL=C sort)"
same "made" 5 "$(made)"
same "where it stands" "$top/Alone" "$(pwd -P)"
echo "A page in it." >"Inside.md" || fail "in the directory that it stood in"
cd /
same "one in another" "Three Three.md" "$(echo $(ls "$top/One/Two"))"
synced
same "a page in it" "$(page_of Alone)" "$(parent_of Inside)"
for name in "With files" "With git" node_modules Below "Taken back" "Old name"; do
  [ -z "$(page_of "$name")" ] || fail "$name was made"
done
same "local" "Below notes.txt" "$(echo $(ls "$top/With files"))"

# Killed within the grace time, and mounted when it is over; and killed right after it.
mkdir -p "$top/After/All"
kept "After/All"
crash
later 40
forget_requests
start -o poll=30,sweep=off,trash_delay=30
until_true 30 eval '[ "$(made)" = 2 ]' || fail "after kill -9: $(made)"
crash
start -o poll=30,sweep=off,trash_delay=30
later 70
synced
same "once" 2 "$(made)"
same "under one another" "$(page_of After)" "$(parent_of All)"
# A .md before that makes it a page's; nothing more comes.
mkdir -p "$top/Early/Sub"
echo "Early." >"$top/Early/First.md"
synced
later 40
until_true 30 eval '[ -n "$(page_of Sub)" ]' || fail "an empty directory in one that became a page's"
same "in it" "$(page_of Early)" "$(parent_of Sub)"
# rmdir of one that became a page's takes nothing away once it is shown.
later 60
synced
rmdir "$top/Alone" 2>/dev/null && fail "rmdir of one with a page in it"
stop
