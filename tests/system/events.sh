#!/bin/bash
# .notionfs/events: what happens here and in Notion, a JSON object a line, as it happens, for
# `tail -f`; nothing for what is only read the first time. On a read-only mount that is asked to
# open nothing, too.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off,save_delay=0
complete
top="$mount/Lantern Yard Coffee"
same "after reading everything" "" "$(cat "$mount/.notionfs/events")"
tail -n +1 -s 0.1 -f "$mount/.notionfs/events" >"$work/seen" &
watcher=$!

# event JQ-CONDITION: a line for which it holds has been seen.
event() {
  until_true 10 seen_event "$1" || fail "no event with $1 in: $(cat "$work/seen")"
}
seen_event() { jq -se "map(select($1)) | length == 1" "$work/seen" >/dev/null; }
count_of() { jq -s "map(select($1)) | length" "$work/seen"; }

# By a program here.
printf 'One.\n' >"$top/Meetings/Gate day.md"
synced
gate='.path == "Lantern Yard Coffee/Meetings/Gate day.md"'
event "$gate and .what == \"created\" and .by == \"here\" and (.id | not)"
event "$gate and .what == \"sent\" and .calls == 1 and .by == \"here\""
same "id" "$(id_of "$top/Meetings/Gate day.md")" "$(jq -rs "map(select($gate and .what == \"sent\"))[0].id" "$work/seen")"
sed -i 's/One/Two/' "$top/Meetings/Gate day.md"
synced
until_true 10 test "$(count_of "$gate and .what == \"sent\"")" = 2 || fail "the second save"
mv "$top/Meetings/Gate day.md" "$top/Archive/Gate.md"
event '.what == "moved" and .by == "here" and .from == "Lantern Yard Coffee/Meetings/Gate day.md" and .path == "Lantern Yard Coffee/Archive/Gate.md"'
synced
rm "$top/Archive/Gate.md"
event '.what == "removed" and .by == "here" and .path == "Lantern Yard Coffee/Archive/Gate.md"'
sed -i 's/^Done: .*/Done: perhaps/' "$top/Tasks/Swap the bearing.md"
timeout 20 "$notionfs" sync "$mount" >/dev/null 2>&1 && fail "that can't be sent"
event '.what == "refused" and .path == "Lantern Yard Coffee/Tasks/Swap the bearing.md" and (.message | test("perhaps")) and .line == 5'
timeout 20 "$notionfs" discard "$top/Tasks/Swap the bearing.md" >/dev/null || fail "discard"
: >"$top/Archive/Menu 2015.md"
event '.what == "held" and .path == "Lantern Yard Coffee/Archive/Menu 2015.md"'
timeout 20 "$notionfs" discard "$top/Archive/Menu 2015.md" >/dev/null || fail "discard"

# In Notion.
menu=$(id_of "$top/Archive/Menu 2015.md")
first=$(dump | jq -r --arg page "$menu" '.blocks[$page][0].id')
post edit "$(jq -n --arg id "$first" '{as: "app", op: "update", id: $id, block: {paragraph: {rich_text: [{type: "text", text: {content: "New prices."}}]}}}')" >/dev/null || fail "edit"
post edit "$(jq -n --arg id "$(id_of "$top/Travel diary: Huila 2026.md")" '{as: "app", op: "rename", id: $id, title: "Diary"}')" >/dev/null || fail "rename"
post edit "$(jq -n --arg id "$(id_of "$top/Handbook.md")" '{as: "app", op: "trash", id: $id}')" >/dev/null || fail "trash"
post edit "$(jq -n --arg id "$(id_of "$top/Archive.md")" '{as: "app", op: "insert", id: $id, block: {child_page: {title: "Attic"}}}')" >/dev/null || fail "insert"
timeout 40 "$notionfs" sync "$mount" >/dev/null
event '.what == "changed" and .by == "notion" and .path == "Lantern Yard Coffee/Archive/Menu 2015.md"'
event '.what == "moved" and .by == "notion" and .path == "Lantern Yard Coffee/Diary.md" and .from == "Lantern Yard Coffee/Travel diary: Huila 2026.md"'
timeout 40 "$notionfs" sync "$top/Archive.md" >/dev/null
event '.what == "created" and .by == "notion" and .path == "Lantern Yard Coffee/Archive/Attic.md" and (.id | length == 36)'
event '.what == "removed" and .by == "notion" and .path == "Lantern Yard Coffee/Handbook.md"'

# A name with a line break and an escape is one line without either.
post edit "$(jq -n --arg id "$(id_of "$top/Meetings.md")" '{as: "app", op: "rename", id: $id, title: "a\nb\u001b[31mc"}')" >/dev/null || fail "rename"
timeout 40 "$notionfs" sync "$mount" >/dev/null
event '.what == "moved" and .from == "Lantern Yard Coffee/Meetings.md"'
same "control characters" 0 "$(LC_ALL=C tr -d '\n' <"$work/seen" | LC_ALL=C grep -c '[[:cntrl:]]')"
jq -c . "$work/seen" >/dev/null || fail "not a JSON object a line"

# Nobody writes it.
echo x 2>/dev/null >>"$mount/.notionfs/events" && fail "written to"

kill -KILL "$server"
wait "$server" 2>/dev/null
timeout 40 "$notionfs" sync "$mount" >/dev/null 2>&1
event '.what == "offline" and (.path | not)'
port=${url##*:}
"$notion_sim" --workspace "$sample" --rate off --port "$port" >"$work/server" 2>&1 &
server=$!
until_true 10 grep -q listening "$work/server" || fail "no server"
timeout 40 "$notionfs" sync "$mount" >/dev/null 2>&1
event '.what == "online"'
kill "$watcher"
wait "$watcher" 2>/dev/null
stop

# Read only, and never opened: what the kernel has cached of it does not stay.
rm -rf "$work/cache" "$work/state"
start -o ro,poll=1,sweep=on
until_true 60 status_is '.pages.known == .pages.cached and .pages.cached > 40' || fail "not complete"
until_true 10 cat "$top/Archive/Menu 2015.md" >/dev/null
: >"$work/seen"
tail -n +1 -s 0.1 -f "$mount/.notionfs/events" >"$work/seen" &
watcher=$!
for title in First Second; do
  post edit "$(jq -n --arg id "$menu" --arg title "$title" '{as: "app", op: "rename", id: $id, title: $title}')" >/dev/null || fail "rename"
  until_true 20 test -e "$top/Archive/$title.md" || fail "$title is not here"
  event ".what == \"moved\" and .path == \"Lantern Yard Coffee/Archive/$title.md\""
done
same "whole" "$(cat "$mount/.notionfs/events")" "$(cat "$work/seen")"
kill "$watcher"
wait "$watcher" 2>/dev/null
stop
