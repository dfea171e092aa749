#!/bin/bash
# plan, discard and log: what a save will send is what it sends; a save that can't be sent is
# dropped, with its error file, and the page reads as Notion has it; what was replaced is kept.
. "$(dirname "$0")/mounted.sh"
serve
start -o save_delay=10
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
row="$top/Tasks/Write 400 cards.md"
said() { timeout 20 "$notionfs" "$@" 2>&1; }

# plan: the calls, and then those very calls.
cp "$page" "$work/menu.md"
same "nothing owed" "" "$(said plan "$page")"
sed 's/until three/until four/' "$work/menu.md" >"$page"
forget_requests
plan=$(said plan "$page") || fail "plan: $plan"
same "plan asks nothing" 0 "$(count_requests true)"
same "a call" "PATCH 1" "$(jq -r '"\(.method) \(.n)"' <<<"$plan")"
synced
same "what was sent" "$(jq -c '[.method, .path, .body]' <<<"$plan")" \
  "$(requests | jq -c ".[] | select($is_write) | [.method, .path, .body]")"

# log: what that replaced.
n=$(said log --json "$page" | jq -r '.events[-1] | select(.what == "pushed" and .calls == 1) | .n')
same "the text before" "" "$(said log --show "$n" "$page" | diff - "$work/menu.md")"
said log "$page" | grep -q "$n .*pushed .*Menu 2015.md (1 request)" || fail "log: $(said log "$page")"

# discard: of a refused save.
cp "$row" "$work/row.md"
sed 's/^Hours: .*/Hours: many/' "$work/row.md" >"$row"
timeout 20 "$notionfs" sync "$mount" >/dev/null && fail "sync"
same "plan says why" 1 "$(said plan "$row" | grep -c 'no number')"
said plan "$row" >/dev/null && fail "plan of what can't be sent ends well"
[ -e "$row.error" ] || fail "no error file"
remember
same "discard" "" "$(said discard "$row")"
same "reads as before" "" "$(diff "$row" "$work/row.md")"
[ -e "$row.error" ] && fail "the error file stays"
same "state" synced "$(state_of "$row")"
same "errors" "" "$(cat "$mount/.notionfs/errors")"
synced
changed ""
n=$(said log --json "$row" | jq -r '.events[] | select(.what == "discarded") | .n')
same "what was dropped" "Hours: many" "$(said log --show "$n" "$row" | grep Hours)"
said discard "$row" >/dev/null && fail "nothing to discard, and yet"

# Of a held one, and of a new page that never was in Notion.
: >"$page"
same "held" held "$(state_of "$page")"
same "discard" "" "$(said discard "$page")"
grep -q 'until four' "$page" || fail "not Notion's text: $(cat "$page")"
printf 'New.\n' >"$top/Archive/Never sent.md"
same "discard a new page" "" "$(said discard "$top/Archive/Never sent.md")"
[ -e "$top/Archive/Never sent.md" ] && fail "it is still there"
synced
changed ""

# strict: the program hears of it; the text is kept all the same.
stop
start -o strict -o save_delay=10
sed 's/^Hours: .*/Hours: many/' "$work/row.md" >"$work/wrong.md"
said=$(python3 - "$row" "$work/wrong.md" <<'EOF'
import os, sys
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC)
os.write(fd, open(sys.argv[2], "rb").read())
try:
    os.fsync(fd)
except OSError as error:
    print(error.strerror)
os.close(fd)
EOF
)
same "fsync" "Invalid argument" "$said"
same "kept" "" "$(diff "$row" "$work/wrong.md")"
same "discard" "" "$(said discard "$row")"
