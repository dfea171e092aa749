#!/bin/bash
# doctor: says what is well and what is not, each with what to do; exit 1 when a mount would not
# work; never shows the token, changes nothing.
. "$(dirname "$0")/mounted.sh"
doctor() { timeout 30 "$notionfs" doctor "$@" 2>&1; }

# has WHAT PATTERN TEXT: a line of the text.
has() { grep -qE "$2" <<<"$3" || fail "$1: no line $2 in: $3"; }

serve --workspace "$sample" --rate off --token ntn_test
said=$(doctor) || fail "a good setup: $said"
has "token" '^ok +token +.*"Lantern Yard"' "$said"
has "content" '^ok +read content +[0-9]+.* are seen$' "$said"
has "state" '^ok +state ' "$said"
grep -q ntn_ <<<"$said" && fail "the token is shown: $said"
same "writes" 0 "$(count_requests "$is_write")"
[ -e "$XDG_STATE_HOME/notionfs" ] && fail "it made folders"
same "json" '["ok"]' "$(doctor --json | jq -c '[.[].state] | unique')"

said=$(NOTION_API_TOKEN=ntn_wrong doctor) && fail "a wrong token passes: $said"
has "wrong token" '^bad +token +.*copy it again' "$said"
grep -q ntn_wrong <<<"$said" && fail "the token is shown: $said"
said=$(env -u NOTION_API_TOKEN "$notionfs" doctor 2>&1) && fail "no token passes: $said"
has "no token" '^bad +token ' "$said"
said=$(NOTION_API_BASE_URL=http://127.0.0.1:1 doctor) && fail "no network passes: $said"
has "no network" '^bad +token +Notion can.t be reached' "$said"
said=$(NOTION_API_BASE_URL=http://notion.example doctor) && fail "plain http passes: $said"
has "plain http" '^bad +address ' "$said"
mkdir -p "$work/file" && touch "$work/file/notionfs"
said=$(XDG_STATE_HOME=$work/file doctor) && fail "a file for a folder passes: $said"
has "state" '^bad +state .*move it away' "$said"
doctor "$mount" >/dev/null
same "wrong usage" 2 $?
kill -KILL "$server"
wait "$server" 2>/dev/null
jq '.roots = []' "$sample" >"$work/nothing.json"
serve --workspace "$work/nothing.json" --rate off
said=$(doctor) && fail "nothing shared passes: $said"
has "nothing shared" '^bad +read content +nothing is shared' "$said"
