#!/bin/bash
# Mount, list, read, edit, unmount: the least that works in every build.
. "$(dirname "$0")/mounted.sh"
serve
said=$(timeout 30 "$notionfs" mount "$mount" 2>&1) || fail "mount: $said"
case $said in
"Lantern Yard is mounted on $mount: "*" pages known"*) ;;
*) fail "mount says: $said" ;;
esac
daemon=$(jq .pid "$mount/.notionfs/status.json")
timeout 60 "$notionfs" unmount "$mount" || fail "unmount"
until_true 30 eval "! kill -0 $daemon" || fail "the daemon is still there"
daemon=
mountpoint -q "$mount" && fail "still mounted"

# In the foreground its exit status is seen, a sanitizer's too.
start
page="$mount/Lantern Yard Coffee/Archive/Menu 2015.md"
timeout 30 ls "$mount/Lantern Yard Coffee" | grep -q '^Handbook.md$' || fail "ls"
timeout 30 grep -q 'second cup for a smile' "$page" || fail "cat"
remember
sed -i 's/for a smile/for a song/' "$page"
stop
changed "update paragraph: Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a smile. -> Espresso 1.60, with milk 2.20. Filter coffee 2.00, second cup for a song."
