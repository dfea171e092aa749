#!/bin/bash
# Ordinary programs in a mount of the sample workspace:
# - ls -R, find, cat, grep -rn and wc agree with each other and with what the workspace holds;
# - sed -i, >>, vim with its defaults, cp of a new row and a new page do what they say;
# - after each the workspace differs by exactly that edit, untouched blocks keep their ids.
. "$(dirname "$0")/mounted.sh"
serve
start
complete
cd "$mount" || fail "cd"
top="Lantern Yard Coffee"

# Reading.
same "roots" "$top $top.md Lots Notes of Inés.md" "$(ls | xargs)"
pages=$(dump | jq '[.pages[] | select(.in_trash | not)] | length')
same "pages by find" "$pages" "$(find . -name '*.md' | wc -l)"
same "by ls -R" "$(find . -type f -not -path '*/.assets/*' -not -name .schema.yaml | wc -l)" "$(ls -R | grep -c '\.md$')"
same "cat" "Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile.

Cake from the corner, until three." "$(cat "$top/Archive/Menu 2015.md")"
same "grep -rn" "./$top/Handbook.md:578:The plant beside the till is called Walter and is watered on Mondays. Please do not give him coffee, he has had enough." "$(grep -rn 'called Walter' .)"
find . -type f -print0 | while IFS= read -r -d '' file; do
  [ "$(wc -c <"$file")" = "$(stat -c %s "$file")" ] || fail "size of $file"
done || exit 1
same "wc -l" "$(cat "$top/Handbook.md" | wc -l)" "$(wc -l <"$top/Handbook.md")"

# sed -i: one word.
remember
sed -i 's/called Walter/called Walther/' "$top/Handbook.md"
synced
changed "update paragraph: The plant beside the till is called Walter and is watered on Mondays. Please do not give him coffee, he has had enough. -> The plant beside the till is called Walther and is watered on Mondays. Please do not give him coffee, he has had enough."
same "read back" 1 "$(grep -c Walther "$top/Handbook.md")"

# >>: a line more, at the end.
remember
printf '\nClosed since 2016.\n' >>"$top/Archive/Menu 2015.md"
synced
changed "insert paragraph in Menu 2015 after Cake from the corner, until three.: Closed since 2016."

# >> without a blank line between goes on with the paragraph, as Markdown does.
remember
echo 'Forever.' >>"$top/Archive/Menu 2015.md"
synced
changed "update paragraph: Closed since 2016. -> Closed since 2016. Forever."

# vim, its defaults.
remember
inode=$(stat -c %i "$top/Shop operations/Web shop.md")
timeout 20 vim -es -c '%s/Everything else is sorted/All else is sorted/' -c wq \
  "$top/Shop operations/Web shop.md" </dev/null >/dev/null 2>&1 || fail "vim"
synced
changed "update bulleted_list_item: Everything else is sorted by parcel size -> All else is sorted by parcel size"
same "st_ino" "$inode" "$(stat -c %i "$top/Shop operations/Web shop.md")"

# A property alone.
remember
sed -i 's/^Hours: 20$/Hours: 21/' "$top/Tasks/Write 400 cards.md"
synced
changed "page Write 400 cards Hours: 20 -> 21"

# cp new.md DB/: a row with its properties and text.
remember
printf -- '---\nState: Not started\nHours: 3\n---\n\nWith a brush.\n' >"$work/Paint the gate.md"
cp "$work/Paint the gate.md" "$top/Tasks/"
synced
changed "new page Paint the gate in Tasks
insert paragraph in Paint the gate: With a brush."
same "its state" "Not started 3" "$(dump | jq -r '.pages[] | select(.properties.Task?.title[0].plain_text == "Paint the gate" or .properties.Name?.title[0].plain_text == "Paint the gate") | .properties | "\(.State.status.name) \(.Hours.number)"')"

# A new page below a page, and one below a page that had none.
remember
echo 'Cake for all.' >"$top/Archive/Menu 2016.md"
mkdir "$top/Shop operations/Web shop"
echo 'A page below.' >"$top/Shop operations/Web shop/Labels.md"
synced
changed "new page Menu 2016 in Archive
new page Labels in Web shop
insert child_page in Archive after To be written: Menu 2016
insert paragraph in Menu 2016: Cake for all.
insert child_page in Web shop after See also Roasting log and the shop's status page.: Labels
insert paragraph in Labels: A page below."

# Deleting a line deletes its block.
remember
sed -i '/^Cake from the corner/,+1d' "$top/Archive/Menu 2015.md"
synced
changed "delete paragraph: Cake from the corner, until three."

# Saving the same bytes sends nothing.
remember
forget_requests
cat "$top/Handbook.md" >"$work/same" && cat "$work/same" >"$top/Handbook.md"
touch "$top/Archive/Menu 2015.md"
synced
changed ""
same "writes" 0 "$(count_requests "$is_write")"
cd /
stop
