#!/bin/bash
# Random reads, writes, truncations and mappings of a local file and of a page, each step compared
# with a model; the page also while it is pushed, and over remounts. What is left in the end is in
# Notion, as one page.
# usage: fsx.sh NOTIONFS NOTION-SIM SAMPLE.json FSX [ROUNDS [STEPS [SEED]]]
. "$(dirname "$0")/dances.sh"
fsx=$(realpath "$4")
rounds=${5:-3}
steps=${6:-600}
seed=${7:-$(($(date +%s) % 100000))}
echo "seed $seed"
ready -o save_delay=0
page=$there/$file
printf 'begin\n' >"$there/local"

# run FILE page|local SEED: and the file is what the model says, by itself and after a remount.
run() {
  timeout 300 "$fsx" "$1" "$2" "$steps" "$3" >"$work/model" 2>"$work/said" || fail "seed $3, $2: $(cat "$work/said")"
  cmp "$work/model" "$1" || fail "seed $3, $2: after the last close"
}
for ((round = 0; round < rounds; round++)); do
  run "$there/local" local $((seed + round))
  cp "$there/local" "$work/local"
  run "$page" page $((seed + round))
  timeout 40 "$notionfs" sync --confirm "$mount" >"$work/said" 2>&1
  cmp "$work/model" "$page" || fail "seed $((seed + round)): after the push"
  stop
  start -o poll=30,sweep=off,save_delay=0
  cmp "$work/model" "$page" || fail "seed $((seed + round)): after the remount"
  cmp "$work/local" "$there/local" || fail "seed $((seed + round)): the local file after the remount"
  same "id" "$id" "$(id_of "$page")"
  same "st_ino" "$inode" "$(stat -c %i "$page")"
done

# A text that means something is what Notion has.
printf 'The end.\n\n- one\n- two\n' >"$page"
synced
same "what the file says otherwise" 0 "$(judge shows "$id" "$page")"
same "pages" 3 "$(dump | jq '[.pages[] | select(.in_trash | not)] | length')"
stop
