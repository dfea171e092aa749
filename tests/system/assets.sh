#!/bin/bash
# .assets/: the files that Notion stores are there by name, with their sizes and bytes; listing
# them fetches nothing, reading one again asks nobody, an address that is over is read anew, and
# nobody can change what is there.
. "$(dirname "$0")/mounted.sh"
serve
export NOTIONFS_TEST_CLOCK=$url
start -o poll=0,sweep=off
complete
top="$mount/Lantern Yard Coffee"
assets="$top/.assets"
page="$top/What a page can hold.md"
jq -r '.files | to_entries[] | select(.value | type == "string") | "\(.key) \(.value)"' "$sample" >"$work/files"

# holds NAME: the file is what the sample says of it.
holds() {
  printf 'This stands for %s.\n' "$1" >"$work/expected"
  cmp "$work/expected" "$assets/$1" || fail "$1: other bytes"
}

# A directory has one while its pages show stored files; its names come from their names.
forget_requests
names="Röster (groß).png
bell.png
cover.jpg
curve.csv
drop.mp4
drying-beds.jpg
manual.pdf
rain on the roof.mp3"
same "names" "$names" "$(ls "$assets" | LC_ALL=C sort)"
ls -a "$top" | grep -qx .assets || fail "not listed"
[ -e "$top/Archive/.assets" ] && fail "a directory without stored files has one"
same "a row's files" "contract.pdf" "$(ls "$mount/Lots/Lots/.assets")"
same "requests for listing" 0 "$(count_requests true)"
[ -z "$(ls "$work"/cache/notionfs/*/assets)" ] || fail "listing fetched something"

# Sizes before anything is opened; bytes when it is.
same "size" 27 "$(stat -c %s "$assets/cover.jpg")"
[ -z "$(ls "$work"/cache/notionfs/*/assets)" ] || fail "a size fetched the bytes"
holds cover.jpg
holds "Röster (groß).png"
same "API requests of reading" 0 "$(count_requests true)"

# What the text shows opens from where the page is.
shown=$(grep -o '(\.assets/[^)]*)' "$page" | head -1 | tr -d '()')
(cd "$top" && cmp "$(printf '%b' "${shown//%/\\x}")" "$assets/Röster (groß).png") || fail "the text's path: $shown"
same "cover" "cover: .assets/cover.jpg" "$(grep '^cover:' "$page")"
same "files property" "Contract: [.assets/contract.pdf]" "$(grep '^Contract:' "$mount/Lots/Lots/El Mirador 2026.md")"

# A page saved as it is sends nothing.
cp "$page" "$work/page"
cat "$work/page" >"$page"
synced
same "writes" 0 "$(count_requests "$is_write")"
cmp "$work/page" "$page" || fail "the text has changed"

# Two hours later all addresses are over. What was read is here; the rest is asked for again, the
# five of one page with one request.
post clock '{"advance_s":7200}' >/dev/null
forget_requests
holds cover.jpg
same "requests for what is here" 0 "$(count_requests true)"
holds manual.pdf
holds curve.csv
holds bell.png
same "requests for new addresses" "GET /v1/blocks" "$(requests | jq -r '.[] | "\(.method) \(.path | split("/")[0:3] | join("/"))"' | sort -u)"
[ "$(count_requests true)" -le 2 ] || fail "addresses: $(requests | jq -c '[.[] | .path]')"
ls -l "$assets" >/dev/null
forget_requests
ls -l "$assets" >/dev/null
same "requests for sizes that are known" 0 "$(count_requests true)"

# It is Notion's: nobody writes there.
user=$(stat -c '%a %F' "$assets/cover.jpg")
same "mode" "444 regular file" "$user"
for attempt in 'echo x >"$assets/cover.jpg"' 'echo x >>"$assets/cover.jpg"' 'rm -f "$assets/cover.jpg"' \
  'touch "$assets/new.png"' 'mv "$assets/cover.jpg" "$top/x"' 'cp /dev/null "$assets/new"' \
  'truncate -s 0 "$assets/cover.jpg"' 'chmod 600 "$assets/cover.jpg"' 'mkdir "$assets/x"' \
  'mkdir "$top/Archive/.assets"' 'ln "$assets/cover.jpg" "$top/x"' 'rm -rf "$assets"' 'rmdir "$assets"'; do
  said=$(eval "$attempt" 2>&1) && fail "$attempt: nothing said"
  case $said in
  *"not permitted"* | *denied*) ;;
  *) fail "$attempt: $said" ;;
  esac
done
holds cover.jpg
same "names after that" "$names" "$(ls "$assets" | LC_ALL=C sort)"

# Another file of the same name: another file here, and what is open stays what it was.
id=$(id_of "$page")
stored=$(dump | jq -r ".pages[] | select(.id == \"$id\").cover.file.url")
number=$(stat -c %i "$assets/cover.jpg")
exec 8<"$assets/cover.jpg"
other="${stored%/*/*}/0bda31e8-2e9c-46eb-b9b0-1ea51cb07170/cover.jpg"
post edit "{\"as\":\"app\",\"op\":\"set\",\"id\":\"$id\",\"cover\":{\"type\":\"file\",\"file\":{\"url\":\"$other\"}}}" >/dev/null || fail "edit"
is_another() {
  timeout 20 "$notionfs" sync "$mount" >/dev/null
  [ "$(stat -c %i "$assets/cover.jpg")" != "$number" ]
}
until_true 10 is_another || fail "still the old file: $stored"
same "another file" "This is cover.jpg." "$(cat "$assets/cover.jpg")"
same "the open one" "This stands for cover.jpg." "$(cat <&8)"
exec 8<&-
same "no other name" "$names" "$(ls "$assets" | LC_ALL=C sort)"

# git takes them, whole.
git -c init.defaultBranch=main init -q "$work/repo"
git --git-dir="$work/repo/.git" --work-tree="$top" add .assets || fail "git add"
same "in git" "This stands for curve.csv." "$(git --git-dir="$work/repo/.git" show :.assets/curve.csv)"

# Names, numbers and sizes outlive the process and the cache; bytes the process.
before=$(cd "$assets" && stat -c '%n %i %s %Y' *)
folder=$(echo "$work"/cache/notionfs/*/assets)
kept=$(ls "$folder")
: >"$folder/of-nothing"
stop
same "bytes kept" "$kept" "$(ls "$folder")"
start -o poll=0,sweep=off
complete
forget_requests
same "after a remount" "$before" "$(cd "$assets" && stat -c '%n %i %s %Y' *)"
holds curve.csv
same "requests after a remount" 0 "$(count_requests true)"
stop
rm -rf "$work/cache"
start -o poll=0,sweep=off
complete
same "without the cache" "$before" "$(cd "$assets" && stat -c '%n %i %s %Y' *)"
holds curve.csv

# A read-only mount, which after a while is not asked to open anything.
stop
start -o poll=0,sweep=off,ro
rm "$work"/cache/notionfs/*/assets/*
holds bell.png
cat "$page" "$mount"/Lots/Lots/*.md >/dev/null
holds curve.csv
stop
start -o poll=0,sweep=off

# rm -r of a directory's pages and of the files they show: these go with the pages.
(cd "$top/Projects" && rm -r -- *.md .assets) || fail "rm -r"
stop
