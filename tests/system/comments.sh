#!/bin/bash
# notionfs comments: the open threads of a page in its order, under the text they are about; one
# more written about the page, a block, in a thread; what can't be is said, and nothing is sent twice.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
id=$(id_of "$page")
api() { curl -sSf -m 20 -X POST -H 'Authorization: Bearer ntn_test' -H 'Notion-Version: 2026-03-11' -H 'Content-Type: application/json' -d "$2" "$url/v1/$1"; }
comments() { timeout 60 "$notionfs" comments "$@" 2>"$work/said"; }

same "nobody said a word" "" "$(comments "$page")"
first=$(dump | jq -r --arg page "$id" '.blocks[$page][0].id')
last=$(dump | jq -r --arg page "$id" '.blocks[$page] | map(select(.in_trash | not))[-1].id')
say() { api comments "$(jq -n --argjson parent "$1" --arg text "$2" '{parent: $parent, rich_text: [{text: {content: $text}}]}')"; }
say "{\"block_id\": \"$last\"}" "About the last." >/dev/null || fail "comment"
thread=$(say "{\"block_id\": \"$first\"}" $'About the first.\nIn two lines, \u001b[31mred.' | jq -r .discussion_id)
say "{\"page_id\": \"$id\"}" "About all." >/dev/null || fail "comment"

# As a person reads it: the page first, then in the order of the text; an escape does nothing.
comments "$page" >"$work/shown" || fail "comments: $(cat "$work/said")"
same "order" $'    About all.\n    About the first.\n    In two lines, \\x1b[31mred.\n    About the last.' "$(grep '^    ' "$work/shown")"
same "quote" "[${thread: -6}] Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a sm…" "$(grep 'Espresso' "$work/shown")"
grep -q '^\[......\] about the page$' "$work/shown" || fail "the page: $(cat "$work/shown")"

# For a program: ids, and how many requests it took; with --page one.
blocks=$(dump | jq --arg page "$id" '.blocks[$page] | map(select(.in_trash | not)) | length')
forget_requests
same "json" "3 $((blocks + 1)) $first" "$(comments --json "$page" | jq -r '"\(.threads | length) \(.requests) \(.threads[1].block)"')"
same "requests" $((blocks + 1)) "$(count_requests '.path == "/v1/comments"')"
same "the page alone" 1 "$(comments --page --json "$page" | jq '.threads | length')"

# A reply by the name that is shown, one about a block, one about the page from standard input.
comments --reply "${thread: -6}" --add 'So **it** was.' "$page" || fail "reply: $(cat "$work/said")"
same "replied" "So it was." "$(comments --json "$page" | jq -r --arg id "$thread" '.threads[] | select(.id == $id).comments[-1].text')"
same "bold" true "$(dump | jq '[.comments[].rich_text[] | select(.plain_text == "it")][0].annotations.bold')"
comments --block "$last" --add 'And here.' "$page" || fail "block: $(cat "$work/said")"
same "about the block" 2 "$(comments --json "$page" | jq --arg id "$last" '[.threads[] | select(.block == $id)] | length')"
printf 'From\na pipe.\n\n' | comments --add - "$page" || fail "pipe: $(cat "$work/said")"
same "from a pipe" $'From\na pipe.' "$(comments --page --json "$page" | jq -r '.threads[-1].comments[-1].text')"

# What can't be.
refuses() { # SAYING ARGUMENT…: exit 1 or 2, a sentence, no request that writes
  local saying=$1
  shift
  forget_requests
  comments "$@" >/dev/null && fail "it was taken: $*"
  grep -q "$saying" "$work/said" || fail "\"$saying\" not said: $(cat "$work/said")"
  same "writes" 0 "$(count_requests "$is_write")"
}
refuses "no open thread" --reply 0000000 --add x "$page"
refuses "names no thread" --reply zebra --add x "$page"
refuses "without text" --add ' ' "$page"
refuses "what is to be written" --reply "${thread: -6}" "$page"
refuses "no page of Notion" "$top/Tasks"
printf 'New.\n' >"$top/Archive/New.md.local"
refuses "no page of Notion" "$top/Archive/New.md.local"
post faults '{"faults": [{"match": {"method": "GET", "path": "comments", "times": 1}, "do": "status", "status": 403}]}' >/dev/null || fail "faults"
refuses "capabilities to read and to insert comments" --page "$page"

# An answer that is lost: it is not written a second time by itself.
curl -sSf -X DELETE "$url/_sim/faults" >/dev/null
before=$(dump | jq '.comments | length')
post faults '{"faults": [{"match": {"method": "POST", "path": "comments", "times": 1}, "do": "cut", "apply": "all"}]}' >/dev/null || fail "faults"
comments --add 'Once.' "$page" && fail "no answer, and all is well?"
grep -q 'may have been written' "$work/said" || fail "not said: $(cat "$work/said")"
same "written once" $((before + 1)) "$(dump | jq '.comments | length')"
stop
