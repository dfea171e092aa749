#!/bin/bash
# Notion changed between reading and saving: edits of other blocks both survive, of other words of
# one block too; of the same words Notion keeps its own and the whole file is kept beside the page
# as X.md.conflict-<UTC>. A save is based on what its author saw, not on what came meanwhile.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
first="Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile."
last="Cake from the corner, until three."
id=$(id_of "$page")
block_id() { dump | jq -r --arg page "$id" --arg text "$1" '.blocks[$page][] | select(.in_trash | not) | select(.paragraph.rich_text[0].plain_text == $text) | .id'; }
app_edit() { # OLD NEW: in the app
  post edit "$(jq -n --arg id "$(block_id "$1")" --arg text "$2" '{as: "app", op: "update", id: $id, block: {paragraph: {rich_text: [{type: "text", text: {content: $text}}]}}}')" >/dev/null || fail "edit"
}
# With a word here, the other block there.
remember
app_edit "$last" "Cake from the bakery, until three."
sed -i 's/second cup for a smile/third cup for a smile/' "$page"
synced
changed "update paragraph: $first -> ${first/second/third}
update paragraph: $last -> ${last/corner/bakery}"
until_true 5 grep -q bakery "$page" || fail "their change is not here"
grep -q third "$page" || fail "our change is not here"

# A block there, a block here, at the same place.
remember
post edit "$(jq -n --arg id "$id" --arg after "$(block_id "${last/corner/bakery}")" '{as: "app", op: "insert", id: $id, after: $after, block: {type: "paragraph", paragraph: {rich_text: [{type: "text", text: {content: "Theirs."}}]}}}')" >/dev/null || fail "insert"
printf '\nOurs.\n' >>"$page"
synced
same "both" "Theirs. Ours." "$(changes | grep -o 'Theirs.$\|Ours.$' | sort -r | xargs)"
same "nothing else" 2 "$(changes | wc -l)"

# The same block, other words: both.
remember
app_edit "${first/second/third}" "Espresso 1.70, with milk 2.20. Filter coffee 2.00, third cup for a smile."
sed -i 's/for a smile/for a song/' "$page"
synced
same "merged" "Espresso 1.70, with milk 2.20. Filter coffee 2.00, third cup for a song." \
  "$(dump | jq -r --arg page "$id" '.blocks[$page][0].paragraph.rich_text | map(.plain_text) | join("")')"
same "no conflict" "" "$(ls "$top/Archive" | grep conflict)"

# The same words: a conflict.
remember
app_edit "${last/corner/bakery}" "Cake from the market, until three."
sed 's/the bakery, until/the harbour, until/' "$page" >"$work/ours"
cat "$work/ours" >"$page"
timeout 20 "$notionfs" sync "$mount" >"$work/said"
changed "update paragraph: ${last/corner/bakery} -> ${last/corner/market}"
copy=$(find "$top/Archive" -name 'Menu 2015.md.conflict-*')
[[ $copy =~ conflict-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}Z$ ]] ||
  fail "no conflict copy: $(ls "$top/Archive")"
same "the copy" "" "$(diff "$work/ours" "$copy")"
same "state" conflict "$(state_of "$page")"
same "status" '["Lantern Yard Coffee/Archive/Menu 2015.md"]' "$(jq -c .conflicts "$mount/.notionfs/status.json")"
until_true 5 grep -q 'the market' "$page" || fail "the page does not show Notion's"

# Settled by a good save.
remember
sed -i 's/the market/the harbour/' "$page"
synced
changed "update paragraph: ${last/corner/market} -> ${last/corner/harbour}"
same "state with the copy there" conflict "$(state_of "$page")"
rm "$copy"
same "state" synced "$(state_of "$page")"
same "status" '[]' "$(jq -c .conflicts "$mount/.notionfs/status.json")"

# An editor that has it open since before: its save is of what it read.
remember
python3 - "$page" "$notionfs" "$url" <<'PY' || fail "the long editor"
import subprocess, sys
path, notionfs, url = sys.argv[1:]
with open(path) as file:
    text = file.read()
other = "import sys\np = sys.argv[1]\nt = open(p).read().replace('for a song', 'for a poem')\nopen(p, 'w').write(t)\n"
subprocess.run([sys.executable, "-c", other, path], check=True, timeout=20)
subprocess.run([notionfs, "sync", path], check=True, timeout=20, stdout=subprocess.DEVNULL)
with open(path, "w") as file:
    file.write(text.replace("the harbour", "the island"))
PY
synced
changed "update paragraph: Espresso 1.70, with milk 2.20. Filter coffee 2.00, third cup for a song. -> Espresso 1.70, with milk 2.20. Filter coffee 2.00, third cup for a poem.
update paragraph: ${last/corner/harbour} -> ${last/corner/island}"
stop
