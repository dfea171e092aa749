#!/bin/bash
# kill -9 while a request is on its way whose answer never comes: what it did is found when the
# minute is over in which it may land late, and done once. Appended blocks, a new page; carried
# out, carried out late, not at all. An update waits as well, and is not repeated when it is there.
. "$(dirname "$0")/mounted.sh"
serve --workspace "$sample" --rate off --now 2026-11-21T10:00:00Z
export NOTIONFS_TEST_CLOCK=$url
top="$mount/Lantern Yard Coffee"
menu="$top/Archive/Menu 2015.md"
last='Cake from the corner, until three.'

# in_flight FAULT METHOD PATH: the next such request meets the fault, and the daemon's end.
in_flight() {
  post faults "{\"faults\":[{\"match\":{\"method\":\"$2\",\"path\":\"$3\",\"nth\":1},$1}]}" >/dev/null ||
    fail "faults"
}
arrived() { [ "$(count_requests '.fault != null and .fault != ""')" -ge 1 ]; }

# killed WHAT EXPECTED WAIT FAULT METHOD PATH COMMAND…
killed() {
  local what=$1 expected=$2 wait_s=$3
  shift 3
  in_flight "$1" "$2" "$3"
  shift 3
  remember
  forget_requests
  "$@" || fail "$what"
  post clock '{"advance_s":5}' >/dev/null
  until_true 10 arrived || fail "$what: nothing is sent: $(requests | jq -c '[.[]|[.method,.path,.fault]]')"
  crash
  curl -sSf -m 10 -X DELETE "$url/_sim/faults" >/dev/null
  post release '{}' >/dev/null
  start
  if [ "$wait_s" -gt 0 ]; then
    until_true 5 status_is '.pending == 1' || fail "$what: not pending"
  fi
  post clock "{\"advance_s\":$wait_s}" >/dev/null
  until_true 20 sent || fail "$what: still pending: $(changes)"
  changed "$expected"
}
sent() {
  post clock '{"advance_s":2}' >/dev/null
  status_is '.pending == 0'
}
append() { printf '\n%s\n' "$@" >>"$menu"; }
create() { printf '%s\n' "$2" >"$1"; }

start -o poll=0,sweep=off
complete
killed "append carried out" "insert paragraph in Menu 2015 after $last: One." \
  70 '"do":"hold","apply":"all"' PATCH '/children$' append One.
killed "append not carried out" "insert paragraph in Menu 2015 after One.: Two." \
  70 '"do":"cut","apply":"none"' PATCH '/children$' append Two.
killed "append of two, the first done" "insert paragraph in Menu 2015 after Two.: Three.
insert paragraph in Menu 2015 after Three.: Four." \
  70 '"do":"cut","apply":"first:1"' PATCH '/children$' append Three. Four.
killed "page created" "new page Draft in Archive
insert child_page in Archive after To be written: Draft
insert paragraph in Draft: Text." \
  70 '"do":"hold","apply":"all"' POST '^/v1/pages$' create "$top/Archive/Draft.md" Text.
killed "page not created" "new page Other in Archive
insert child_page in Archive after Draft: Other
insert paragraph in Other: Text." \
  70 '"do":"cut","apply":"none"' POST '^/v1/pages$' create "$top/Archive/Other.md" Text.
killed "row created" "new page Sand the gate in Tasks" \
  70 '"do":"hold","apply":"all"' POST '^/v1/pages$' create "$top/Tasks/Sand the gate.md" '---
Hours: 2
---'
same "no twin of it" "Draft.md Menu 2015.md Other.md To be written.md" "$(ls "$top/Archive" | xargs)"
same "no twin row" "Sand the gate.md" "$(ls "$top/Tasks" | grep Sand)"
killed "update carried out" "update paragraph: $last -> Cake from the corner, until four." \
  70 '"do":"hold","apply":"all"' PATCH '^/v1/blocks/[^/]*$' sed -i 's/until three/until four/' "$menu"
stop
