#!/bin/bash
# kill -9 of the daemon right after close returned: after a remount the save reaches the server
# exactly once, within 10 s. A changed word, blocks at the end, a new page, a new row, a property;
# with the cache folder kept and deleted; and with the daemon killed twice.
. "$(dirname "$0")/mounted.sh"
serve
top="$mount/Lantern Yard Coffee"
round=0

# crashed WHAT EXPECTED-CHANGES COMMAND…: kills right after COMMAND, mounts again, waits.
crashed() {
  local what=$1 expected=$2
  shift 2
  remember
  "$@" || fail "$what"
  crash
  same "$what: nothing was sent yet" "" "$(changes)"
  [ $((round++ % 2)) = 0 ] || rm -r "$XDG_CACHE_HOME"
  if [ "$what" = twice ]; then
    start
    crash
  fi
  forget_requests
  local began
  began=$(date +%s%N)
  start
  until_true 10 is_changed "$expected" || changed "$expected"
  echo "$what: $((($(date +%s%N) - began) / 1000000)) ms after the remount"
  synced
  changed "$expected"
}
is_changed() { [ "$(changes | LC_ALL=C sort)" = "$(LC_ALL=C sort <<<"$1")" ]; }

word() { sed -i "s/is called $1 and/is called $2 and/" "$top/Handbook.md"; }
walter="and is watered on Mondays. Please do not give him coffee, he has had enough."
append() { printf '\n%s\n' "$@" >>"$top/Archive/Menu 2015.md"; }
create() { printf '%s\n\nSecond.\n' "$2" >"$1"; }
row() { printf -- '---\nHours: 7\n---\n\nOf oak.\n' >"$top/Tasks/$1.md"; }
property() { sed -i "s/^Hours: $1\$/Hours: $2/" "$top/Tasks/Write 400 cards.md"; }

start
complete
for i in 1 2; do
  crashed "a word" "update paragraph: The plant beside the till is called Walter $walter -> The plant beside the till is called Walther $walter" \
    word Walter Walther
  crashed "blocks at the end" "insert paragraph in Menu 2015 after $([ $i = 1 ] && echo 'Cake from the corner, until three.' || echo 'Two of round 1.'): One of round $i.
insert paragraph in Menu 2015 after One of round $i.: Two of round $i." \
    append "One of round $i." "Two of round $i."
  crashed "a new page" "new page New $i in Archive
insert child_page in Archive after $([ $i = 1 ] && echo 'To be written' || echo 'New 1'): New $i
insert paragraph in New $i: First.
insert paragraph in New $i after First.: Second." \
    create "$top/Archive/New $i.md" First.
  crashed "a new row" "new page Repair $i in Tasks
insert paragraph in Repair $i: Of oak." \
    row "Repair $i"
  crashed "a property" "page Write 400 cards Hours: $((19 + i)) -> $((20 + i))" \
    property $((19 + i)) $((20 + i))
  # In the other order the next time: with the cache where it was without.
  crashed "twice" "update paragraph: The plant beside the till is called Walther $walter -> The plant beside the till is called Walter $walter" \
    word Walther Walter
  round=$((round + 1))
done
stop
