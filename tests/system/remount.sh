#!/bin/bash
# The second mount asks for no block of a page that did not change, and for those of one that did.
# Names, st_ino, modes, sizes and times are the same after a remount, and after the cache folder
# was deleted; so are the bytes a person saved.
. "$(dirname "$0")/mounted.sh"
serve
top="$mount/Lantern Yard Coffee"
facts() { (cd "$mount" && find . -printf '%P %i %m %s %T@ %y\n' | LC_ALL=C sort); }
sums() { (cd "$mount" && find . -name '*.md' -print0 | LC_ALL=C sort -z | xargs -0 sha1sum); }

start -o poll=0
complete
# Bytes of a person's own, a time, a mode, a local file.
printf 'Espresso 1.60, with milk 2.20. Filter coffee 2.00,\nsecond cup for a smile.\n\nCake from the corner, until three.\n\n\n* Tea\n' >"$top/Archive/Menu 2015.md"
synced
touch -d '2020-02-02 02:02:02' "$top/Archive/Menu 2015.md"
chmod 600 "$top/Archive/Menu 2015.md"
echo local >"$top/Archive/.notes"
complete
facts >"$work/facts"
sums >"$work/sums"
stop

forget_requests
start -o poll=0
facts >"$work/facts.again"
sums >"$work/sums.again"
complete
facts >"$work/facts.complete"
same "names, numbers, sizes, times" "" "$(diff "$work/facts" "$work/facts.again" | head -5)"
same "bytes" "" "$(diff "$work/sums" "$work/sums.again" | head -5)"
same "the same when all is looked at" "" "$(diff "$work/facts" "$work/facts.complete" | head -5)"
same "requests for blocks" "" "$(requests | jq -r '.[] | select(.path | test("/blocks/")) | .path' | head -3)"
stop

# One page changed in Notion meanwhile.
block=$(dump | jq -r '.blocks[][] | select(.type == "paragraph") | select(.paragraph.rich_text[0].plain_text == "The end.") | .id')
post edit "{\"as\":\"app\",\"op\":\"update\",\"id\":\"$block\",\"block\":{\"paragraph\":{\"rich_text\":[{\"type\":\"text\",\"text\":{\"content\":\"The very end.\"}}]}}}" >/dev/null || fail "edit"
page=$(dump | jq -r '.pages[] | select(.properties.title?.title[0].plain_text == "What a page can hold") | .id')
forget_requests
start -o poll=0
complete
grep -q 'The very end' "$top/What a page can hold.md" || fail "the change is not seen"
other=$(requests | jq -r --arg page "$page" '.[] | select(.path | test("/blocks/")) | .path | split("/")[3]' | sort -u)
(dump | jq -r --arg page "$page" '.blocks as $all | [$page | recurse($all[.][]?.id)] | .[]') | sort -u >"$work/ours"
same "blocks of other pages asked for" "" "$(comm -23 <(echo "$other") "$work/ours" | head -3)"
facts >"$work/facts"
sums >"$work/sums"
stop

# Without the cache.
rm -r "$XDG_CACHE_HOME"
start -o poll=0
complete
sums >"$work/sums.again"
facts >"$work/facts.again"
same "without the cache" "" "$(diff "$work/facts" "$work/facts.again" | head -5)"
same "bytes without the cache" "" "$(diff "$work/sums" "$work/sums.again" | head -5)"
stop
