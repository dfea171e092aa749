#!/bin/bash
# One word of the page of 300 blocks is one write, PATCH /v1/blocks/{id}, at most 3 reads, within
# 5 s of the close: in place, truncated and written again, and by a temp file renamed over it.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
page="$mount/Lantern Yard Coffee/Handbook.md"
blocks=$(dump | jq --arg id "$(id_of "$page")" '.blocks as $all | [$id | recurse($all[.][]?.id)] | length - 1')
[ "$blocks" -ge 300 ] || fail "the page has $blocks blocks"

# edit WHAT OLD NEW COMMAND…
edit() {
  local what=$1 old=$2 new=$3 took
  shift 3
  remember
  forget_requests
  "$@" || fail "$what"
  local closed
  closed=$(date +%s%N)
  until_true 8 test_one_write || fail "$what: writes: $(requests | jq -c '[.[] | [.method, .path, .status]]')"
  took=$((($(date +%s%N) - closed) / 1000000))
  [ $took -lt 5000 ] || fail "$what: $took ms after the close"
  until_true 5 status_is '.pending == 0' || fail "$what: still pending"
  changed "update paragraph: The bell on the yard door is from a $old. Ring it once for deliveries, twice for guests and not at all for fun. -> The bell on the yard door is from a $new. Ring it once for deliveries, twice for guests and not at all for fun."
  same "$what: writes" 1 "$(count_requests "$is_write")"
  same "$what: updates of a block" 1 "$(count_requests '.method == "PATCH" and (.path | test("^/v1/blocks/[0-9a-f-]{32,36}$"))')"
  local reads
  reads=$(count_requests "$is_write | not")
  [ "$reads" -le 3 ] || fail "$what: $reads reads"
  echo "$what: sent $took ms after the close, $reads reads"
}
test_one_write() { [ "$(count_requests "$is_write and .status == 200")" = 1 ]; }

in_place() {
  python3 - "$page" <<'PY'
import os, sys
with open(sys.argv[1], "r+b") as file:
    text = file.read()
    at = text.index(b"from a tram.") + len(b"from a ")
    os.pwrite(file.fileno(), b"ship", at)
PY
}
rewritten() { sed 's/from a ship\./from a tug./' "$page" >"$work/text" && cat "$work/text" >"$page"; }
renamed() {
  local dir
  dir=$(dirname "$page")
  sed 's/from a tug\./from a lighthouse./' "$page" >"$dir/.Handbook.md.tmp" &&
    mv "$dir/.Handbook.md.tmp" "$page"
}
edit "in place" tram ship in_place
edit "truncate and write" ship tug rewritten
edit "temp file and rename" tug lighthouse renamed
edit "sed -i" lighthouse tram sed -i 's/from a lighthouse\./from a tram./' "$page"
stop
