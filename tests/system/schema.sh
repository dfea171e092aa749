#!/bin/bash
# `.schema.yaml` of a database: listed in its directory, says what Notion has, follows it, needs no
# request, and can't be written yet; a page's directory has none. The same after a remount and on -o ro.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=30,sweep=off
complete
top="$mount/Lantern Yard Coffee"
schema="$top/Tasks/.schema.yaml"
ls -A "$top/Tasks" | grep -qx .schema.yaml || fail "not listed"
[ ! -e "$top/Archive/.schema.yaml" ] || fail "a page's directory has one"
[ ! -e "$mount/.schema.yaml" ] || fail "the root has one"
ls -A "$top/Archive" | grep -q schema && fail "listed in a page's directory"
forget_requests
cat "$schema" >"$work/schema" || fail "cat"
same "requests" 0 "$(count_requests true)"
same "size" "$(wc -c <"$work/schema")" "$(stat -c %s "$schema")"
# As the server has it.
source=$(dump | jq -c '.data_sources[] | select(.title[0].plain_text == "Tasks")')
same "properties, in order" "$(jq -r '.properties | keys_unsorted[]' <<<"$source")" \
  "$(sed -n 's/^  \([^ ].*\):$/\1/p' "$work/schema")"
same "types" "$(jq -r '.properties[].type' <<<"$source")" "$(sed -n 's/^    type: //p' "$work/schema")"
same "the title" "title: Tasks" "$(head -1 "$work/schema")"
grep -qx '    formula: prop("Hours") \* 60' "$work/schema" || fail "a formula"
grep -qx '    database: Projects' "$work/schema" || fail "a relation"
grep -qx '      urgent: red' "$work/schema" || fail "an option"
# Time and number are steady; nothing can be written, and that is said.
before=$(stat -c '%i %Y %s' "$schema")
fails_with "not permitted" bash -c 'echo x >"$1"' _ "$schema"
grep -q "can't be edited yet" "$mount/.notionfs/errors" || fail "why not is not said"
fails_with "not permitted" rm "$schema"
fails_with "not permitted" mv "$schema" "$top/Tasks/other"
fails_with "not permitted" touch "$top/Archive/.schema.yaml"
cmp "$work/schema" "$schema" || fail "it has changed"
cp -a "$top/Tasks" "$work/copy" || fail "cp -a"
cmp "$work/schema" "$work/copy/.schema.yaml" || fail "the copy"
stop
start -o poll=30,sweep=off
complete
same "after a remount" "$before" "$(stat -c '%i %Y %s' "$schema")"
cmp "$work/schema" "$schema" || fail "after a remount"
# A new property in Notion is there with the next poll.
post edit "$(jq -n --argjson id "$(jq .id <<<"$source")" '{as: "app", op: "set", id: $id,
  properties: {Colour: {select: {options: [{name: "Blue", color: "blue"}]}}}}')" >/dev/null || fail "edit"
has_it() { synced && grep -qx '      Blue: blue' "$schema"; }
until_true 60 has_it || fail "the new property is not there: $(cat "$schema")"
stop
start -o ro,poll=0
until_true 20 test -e "$schema" || fail "-o ro"
grep -qx '      Blue: blue' "$schema" || fail "-o ro: the text"
stop
