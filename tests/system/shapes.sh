#!/bin/bash
# The JSON others rely on: keys, their order and types of status --json and info --json, and the
# states synced, pending, held, error and local.
. "$(dirname "$0")/mounted.sh"
serve
start -o save_delay=3
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
info() { timeout 10 "$notionfs" info --json "$1" || fail "info $1"; }

shape='to_entries | map("\(.key):\(.value | if type == "object" then (to_entries | map("\(.key):\(.value | type)") | join(" ") | "{\(.)}") else type end)") | join(" ")'
same "status" 'pid:number mount:string pages:{known:number cached:number} pending:number failed:array conflicts:array held:array held_removals:array frozen:number budget:{window_s:number limit:number used:number} rings:array offline_since:null last_refresh:string fuse_messages:number' \
  "$(timeout 10 "$notionfs" status --json "$mount" | jq -r "$shape")"
same "a ring" 'age_s items name' "$(timeout 10 "$notionfs" status --json "$mount" | jq -r '.rings[0] | keys | join(" ")')"
same "mount" "$mount" "$(timeout 10 "$notionfs" status --json "$mount" | jq -r .mount)"
same "pid" "$daemon" "$(timeout 10 "$notionfs" status --json "$mount" | jq -r .pid)"
same "pages" "56 56" "$(timeout 10 "$notionfs" status --json "$mount" | jq -r '"\(.pages.known) \(.pages.cached)"')"

same "info" 'path:string id:string url:string state:string error:null checked_at:string cached:boolean' "$(info "$page" | jq -r "$shape")"
same "path, state, cached" "Lantern Yard Coffee/Archive/Menu 2015.md synced true" "$(info "$page" | jq -r '"\(.path) \(.state) \(.cached)"')"
id=$(info "$page" | jq -r .id)
[[ $id =~ ^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$ ]] || fail "id $id"
same "title of that id" "Menu 2015" "$(dump | jq -r --arg id "$id" '.pages[] | select(.id == $id) | .properties.title.title[0].plain_text')"
same "url" "$(dump | jq -r --arg id "$id" '.pages[] | select(.id == $id) | .url')" "$(info "$page" | jq -r .url)"
[[ $(info "$page" | jq -r .checked_at) =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z$ ]] || fail "checked_at"

# pending, then synced.
printf '\nOne more.\n' >>"$page"
same "after a save" pending "$(info "$page" | jq -r .state)"
same "status then" 1 "$(timeout 10 "$notionfs" status --json "$mount" | jq .pending)"
synced
same "after the push" synced "$(info "$page" | jq -r .state)"

# held: an empty text over one that is not.
: >"$page"
same "after an empty save" held "$(info "$page" | jq -r .state)"
same "status then" '["Lantern Yard Coffee/Archive/Menu 2015.md"]' "$(timeout 10 "$notionfs" status --json "$mount" | jq -c .held)"
timeout 20 "$notionfs" sync "$mount" >"$work/said"
same "sync with something held" 1 $?
grep -q 'Menu 2015' "$work/said" || fail "sync does not name it: $(cat "$work/said")"

# error, with its place.
sed -i 's/^State: .*/State: Elsewhere/' "$top/Tasks/Write 400 cards.md"
timeout 20 "$notionfs" sync "$mount" >/dev/null
same "of an error" 'line:number column:number message:string remedy:string' "$(info "$top/Tasks/Write 400 cards.md" | jq -r ".error | $shape")"
same "state" "error 7" "$(info "$top/Tasks/Write 400 cards.md" | jq -r '"\(.state) \(.error.line)"')"
same "status then" '["message","path"]' "$(timeout 10 "$notionfs" status --json "$mount" | jq -c '.failed[0] | keys')"

# local, and what is no page.
echo 1 >"$top/.secret"
same "a local file" "local null" "$(info "$top/.secret" | jq -r '"\(.state) \(.id)"')"
same "a directory of a page" "Archive" "$(dump | jq -r --arg id "$(info "$top/Archive" | jq -r .id)" '.pages[] | select(.id == $id) | .properties.title.title[0].plain_text')"
timeout 10 "$notionfs" info "$top/Nowhere.md" 2>"$work/said"
same "info of nothing" 1 $?
grep -q 'Nowhere.md: No such file' "$work/said" || fail "info of nothing: $(cat "$work/said")"
timeout 10 "$notionfs" info /tmp 2>"$work/said"
same "info outside of a mount" 1 $?
same "lines" 1 "$(wc -l <"$work/said")"
same "special files" "README.md control errors events lost status status.json trash" "$(ls "$mount/.notionfs" | xargs)"
timeout 60 "$notionfs" unmount "$mount" >>"$work/log" 2>&1 || fail "unmount"
wait "$daemon" || fail "exit status"
daemon=
