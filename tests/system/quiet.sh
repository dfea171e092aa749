#!/bin/bash
# With poll=0 and sweep=off a second grep -r over everything sends no request at all; neither does
# it after a while of looking around, nor in a mount that has just been made again.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
# What Notion stores beside the pages is listed once the pages are read.
texts() { grep -rc --exclude-dir=.assets coffee "$mount" | sort; }
first=$(texts)
[ -n "$first" ] || fail "grep found nothing"
complete
grep -rc coffee "$mount" >"$work/all"
forget_requests
same "second grep" "$first" "$(texts)"
same "with the files" "$(sort <"$work/all")" "$(grep -rc coffee "$mount" | sort)"
ls -lR "$mount" >/dev/null
find "$mount" -type f -exec stat {} + >/dev/null
timeout 10 "$notionfs" status "$mount" >/dev/null || fail "status"
df "$mount" >/dev/null
same "requests" "[]" "$(requests)"
stop

start -o poll=0,sweep=off
same "grep after a remount" "$first" "$(texts)"
same "requests for blocks" 0 "$(count_requests '.path | test("/blocks/")')"
stop
