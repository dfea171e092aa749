#!/bin/bash
# Two mounts of one workspace, each with a state and a cache of its own, on one server: pages edited
# in turns and at once. Nothing is lost, and what one has sent is not sent back by the other.
. "$(dirname "$0")/mounted.sh"
serve
start -o save_delay=1
other=$work/other
mkdir "$other"
XDG_CACHE_HOME=$work/cache2 XDG_STATE_HOME=$work/state2 "$notionfs" mount -f -o save_delay=1 "$other" >>"$work/log" 2>&1 &
second=$!
both_gone() {
  mountpoint -q "$other" && umount -l "$other"
  kill -KILL "$second" 2>/dev/null
  cleanup
}
trap both_gone EXIT
other_answers() { mountpoint -q "$other" && timeout 5 cat "$other/.notionfs/status.json" >/dev/null; }
until_true 15 other_answers || fail "the second is not mounted"
complete
timeout 60 "$notionfs" sync --complete "$other" >>"$work/log" 2>&1 || fail "sync --complete of the second"
a="$mount/Lantern Yard Coffee/Archive/Menu 2015.md"
b="$other/Lantern Yard Coffee/Archive/Menu 2015.md"
sync_both() {
  for place in "$mount" "$other" "$mount" "$other"; do
    timeout 60 "$notionfs" sync "$place" >"$work/said" 2>&1 || fail "sync $place: $(cat "$work/said")"
  done
}

# At once: each another block of the same page.
remember
sed -i 's/second cup for a smile/second cup for a song/' "$a" &
one=$!
sed -i 's/until three/until four/' "$b"
wait "$one"
sync_both
changed "update paragraph: Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile. -> Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a song.
update paragraph: Cake from the corner, until three. -> Cake from the corner, until four."

# Each appends at the same place: both are there, once.
printf '\nFrom the first.\n' >>"$a" &
one=$!
printf '\nFrom the second.\n' >>"$b"
wait "$one"
sync_both
for text in 'From the first.' 'From the second.'; do
  same "$text" 1 "$(dump | jq -r '.blocks[][] | .paragraph.rich_text[0].plain_text // empty' | grep -cx "$text")"
done

# In turns, each over what it sees; then silence: nobody sends anything back.
for n in 1 2 3; do
  printf '\nTurn %s of the first.\n' "$n" >>"$a"
  sync_both
  printf '\nTurn %s of the second.\n' "$n" >>"$b"
  sync_both
done
for n in 1 2 3; do
  for who in first second; do
    same "turn $n of the $who" 1 "$(dump | jq -r '.blocks[][] | .paragraph.rich_text[0].plain_text // empty' | grep -cx "Turn $n of the $who.")"
  done
done
forget_requests
sync_both
sync_both
same "writes when nobody has written" 0 "$(count_requests "$is_write")"
same "conflicts" "[] []" "$(jq -c .conflicts "$mount/.notionfs/status.json" "$other/.notionfs/status.json" | paste -sd' ')"
