#!/bin/bash
# Files of the mount that a page shows are uploaded when it is saved: each once, the text stays what
# its author wrote, and what can't be sent is said with its place before anything is sent.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
dir="$top/Archive"
uploads='(.method == "POST" and .path == "/v1/file_uploads")'
sends='(.path | test("^/v1/file_uploads/.*/send$"))'

# stored PAGE TYPE: the addresses of the files that its blocks of this type show.
stored() {
  curl -sSf -H 'Notion-Version: 2026-03-11' -H "Authorization: Bearer $NOTION_API_TOKEN" "$url/v1/blocks/$(id_of "$1")/children?page_size=100" |
    jq -r ".results[] | select(.type == \"$2\") | .$2.file.url // empty"
}

# holds FILE ADDRESS: that is what the server serves there.
holds() {
  curl -sSf "$2" | cmp - "$1" || fail "$1 is not what $2 serves"
}

head -c 3000 /dev/urandom >"$work/pic.png"

# A picture in a page that is there.
cp "$work/pic.png" "$dir/pic.png"
cp "$page" "$work/page.md"
printf '\n![The bar](pic.png)\n' >>"$work/page.md"
forget_requests
cp "$work/page.md" "$page"
synced
same "uploads" 1 "$(count_requests "$uploads")"
same "writes" 3 "$(count_requests "$is_write")"
address=$(stored "$page" image)
holds "$work/pic.png" "$address"
cmp "$work/page.md" "$page" || fail "the text has changed: $(diff "$work/page.md" "$page")"
same "its size" "$(stat -c %s "$work/page.md")" "$(stat -c %s "$page")"
same "under .assets" "pic.png" "$(ls "$dir/.assets")"
cmp "$work/pic.png" "$dir/.assets/pic.png" || fail "the stored one"

# Saved again, nothing is sent; nor after a touch of the file.
forget_requests
cp "$work/page.md" "$page"
touch "$dir/pic.png"
cp "$work/page.md" "$page"
synced
same "writes of the same" 0 "$(count_requests "$is_write")"

# A new page.
printf 'Before.\n\n![](pic.png)\n\nAfter.\n' >"$work/new.md"
forget_requests
cp "$work/new.md" "$dir/New.md"
synced
same "uploads of what Notion has" 0 "$(count_requests "$uploads")"
holds "$work/pic.png" "$(stored "$dir/New.md" image)"
cmp "$work/new.md" "$dir/New.md" || fail "the new page: $(cat "$dir/New.md")"

requests | jq -c '.[] | select(.status >= 400)' | head
stop
