#!/bin/bash
# Saves that are not sent: an empty text is held until `sync --confirm` or until content comes; a
# text with a mistake sends nothing, X.md.error says where and what to do, info too, and both go
# away with the next good save. A new page with a mistake is not created.
. "$(dirname "$0")/mounted.sh"
serve
start
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
row="$top/Tasks/Write 400 cards.md"
try_sync() { timeout 20 "$notionfs" sync "$@" "$mount" >"$work/said" 2>&1; }

# Held, then confirmed.
cp "$page" "$work/menu.md"
remember
forget_requests
: >"$page"
try_sync
same "sync" 1 $?
same "state" held "$(state_of "$page")"
changed ""
same "writes" 0 "$(count_requests "$is_write")"
same "read back" "" "$(cat "$page")"
grep -q 'Menu 2015.md' "$mount/.notionfs/errors" || fail "errors: $(cat "$mount/.notionfs/errors")"
try_sync --confirm
same "sync --confirm: $(cat "$work/said")" 0 $?
changed "delete paragraph: Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile.
delete paragraph: Cake from the corner, until three."
same "state" synced "$(state_of "$page")"

# Held, then written again: what is there is kept, only what is new is sent.
cp "$work/menu.md" "$page"
synced
remember
: >"$page"
same "empty again" held "$(state_of "$page")"
head -c 4096 /dev/zero >"$page"
same "NUL bytes" held "$(state_of "$page")"
sed 's/until three/until four/' "$work/menu.md" >"$page"
synced
changed "update paragraph: Cake from the corner, until three. -> Cake from the corner, until four."

# Mistakes. wrong WHAT SED LINE PATTERN: the save is refused at that line, with such a message.
cp "$row" "$work/row.md"
wrong() {
  remember
  forget_requests
  sed "$2" "$work/row.md" >"$row"
  try_sync
  same "$1: sync" 1 $?
  changed ""
  same "$1: writes" 0 "$(count_requests "$is_write")"
  same "$1: state and line" "error $3" "$(timeout 10 "$notionfs" info --json "$row" | jq -r '"\(.state) \(.error.line)"')"
  local said
  said=$(cat "$row.error") || fail "$1: no error file"
  [[ $said == "Write 400 cards.md:$3:"*": "* ]] || fail "$1: place: $said"
  [[ $said == $4 ]] || fail "$1: expected $4, got $said"
  grep -q 'Write 400 cards.md' "$work/said" || fail "$1: sync says: $(cat "$work/said")"
  same "$1: the bytes stay" "" "$(sed "$2" "$work/row.md" | diff - "$row")"
  same "$1: listed" 1 "$(ls "$top/Tasks" | grep -c 'cards.md.error')"
}
wrong "unknown status" 's/^State: .*/State: Not startd/' 7 '*Not startd*Not started*'
wrong "unknown option" 's/^Tags: .*/Tags: [urgnt]/' 3 '*urgnt*urgent*'
wrong "no date" 's/^Due: .*/Due: sometime/' 2 '*sometime*'
wrong "no number" 's/^Hours: .*/Hours: many/' 6 '*many*'
wrong "unknown property" 's/^Hours: /Hour: /' 6 '*Hour*Hours*'
wrong "unknown person" 's/^Assignee: .*/Assignee: [Nobody]/' 4 '*Nobody*'
wrong "an open tag" '$a <callout icon="x">\nno end' 17 '*callout*'
# One mistake: nothing of that save is sent, the good part neither.
wrong "one of two" 's/^Hours: .*/Hours: 99/; s/^Due: .*/Due: sometime/' 2 '*sometime*'

remember
sed 's/^Hours: 20/Hours: 22/' "$work/row.md" >"$row"
synced
changed "page Write 400 cards Hours: 20 -> 22"
[ -e "$row.error" ] && fail "the error file stays"
same "state" "synced null" "$(timeout 10 "$notionfs" info --json "$row" | jq -r '"\(.state) \(.error)"')"
same "errors" "" "$(cat "$mount/.notionfs/errors")"

# A new row with a mistake, then without.
remember
printf -- '---\nState: Nowhere\n---\n\nText.\n' >"$top/Tasks/New.md"
try_sync
same "sync" 1 $?
changed ""
same "state" error "$(state_of "$top/Tasks/New.md")"
[ -e "$top/Tasks/New.md.error" ] || fail "no error file"
printf -- '---\nState: Done\n---\n\nText.\n' >"$top/Tasks/New.md"
synced
changed "new page New in Tasks
insert paragraph in New: Text."
[ -e "$top/Tasks/New.md.error" ] && fail "the error file stays"
stop
