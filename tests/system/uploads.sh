#!/bin/bash
# Files of the mount that a page shows are uploaded when it is saved: each once, the text stays what
# its author wrote, and what can't be sent is said with its place before anything is sent.
. "$(dirname "$0")/mounted.sh"
jq '.config.max_file_upload_size_in_bytes = 60000000' "$sample" >"$work/sample.json"
serve --workspace "$work/sample.json" --rate off
export NOTIONFS_TEST_CLOCK=$url
start -o poll=0,sweep=off,save_delay=0.1
complete
dir="$mount/Lantern Yard Coffee/Archive"
page="$dir/Menu 2015.md"
uploads='(.method == "POST" and .path == "/v1/file_uploads")'
parts='(.path | test("^/v1/file_uploads/.*/send$"))'

# Waits for what is owed only: the rest of the workspace is no matter here.
synced() {
  until_true 60 status_is '.pending == 0' || fail "still pending: $(cat "$mount/.notionfs/status")"
  status_is '.failed == []' || fail "refused: $(cat "$mount/.notionfs/errors")"
}

api() { curl -sSf -H 'Notion-Version: 2026-03-11' -H "Authorization: Bearer $NOTION_API_TOKEN" "$url/v1/$1"; }

# stored PAGE TYPE: the addresses of the files that its first blocks of this type show.
stored() {
  api "blocks/$(id_of "$1")/children?page_size=100" |
    jq -r ".results[] | select(.type == \"$2\") | .$2.file.url // empty"
}

# holds FILE ADDRESS: that is what the server serves there.
holds() { curl -sSf "$2" | cmp - "$1" || fail "$1 is not what $2 serves"; }

# reads FILE PAGE: the page's text and its size are the file's.
reads() {
  cmp "$1" "$2" || fail "$2: $(diff "$1" "$2")"
  same "size of $2" "$(stat -c %s "$1")" "$(stat -c %s "$2")"
}

# bytes FILE: some, never the same.
bytes() { head -c "${2:-3000}" /dev/urandom >"$1"; }

# A picture in a page that is there.
bytes "$dir/pic.png"
cp "$page" "$work/page.md"
printf '\n![The bar](pic.png)\n' >>"$work/page.md"
forget_requests
cp "$work/page.md" "$page"
synced
same "uploads" 1 "$(count_requests "$uploads")"
same "writes" 3 "$(count_requests "$is_write")"
holds "$dir/pic.png" "$(stored "$page" image)"
reads "$work/page.md" "$page"
same "under .assets" "pic.png" "$(ls "$dir/.assets")"
cmp "$dir/pic.png" "$dir/.assets/pic.png" || fail "the stored one"

# Saved again, nothing is sent; nor when the file was touched.
forget_requests
cp "$work/page.md" "$page"
synced
touch "$dir/pic.png"
printf 'A line.\n' >>"$work/page.md"
cp "$work/page.md" "$page"
synced
same "writes of one line" "PATCH" "$(requests | jq -r ".[] | select($is_write) | .method")"

# Somebody edits another block: what is shown has the path still. So it has after a remount, and
# without the cache.
steady() {
  grep -q '^!\[The bar\](pic\.png)$' "$page" || fail "$1: $(grep -n 'The bar' "$page")"
  same "size, $1" "$(wc -c <"$page")" "$(stat -c %s "$page")"
}
block=$(api "blocks/$(id_of "$page")/children" | jq -r '[.results[] | select(.type == "paragraph")][0].id')
post clock '{"advance_s":90}' >/dev/null
post edit "{\"as\":\"app\",\"op\":\"update\",\"id\":\"$block\",\"block\":{\"paragraph\":{\"rich_text\":[{\"type\":\"text\",\"text\":{\"content\":\"Theirs.\"}}]}}}" >/dev/null || fail "edit"
has_theirs() { timeout 20 "$notionfs" sync "$mount" >/dev/null; grep -q '^Theirs\.$' "$page"; }
until_true 20 has_theirs || fail "their edit did not come"
steady "after an edit in Notion"
cp "$page" "$work/page.md"
number=$(stat -c '%i %Y' "$page")
stop
start -o poll=0,sweep=off,save_delay=0.1
complete
steady "after a remount"
same "number and time" "$number" "$(stat -c '%i %Y' "$page")"
stop
rm -rf "$work/cache"
start -o poll=0,sweep=off,save_delay=0.1
complete
reads "$work/page.md" "$page"
forget_requests
sed -i 's/^Theirs\.$/Ours./' "$page"
synced
same "writes beside the picture" 1 "$(count_requests "$is_write")"
steady "after an edit here"

# Other bytes at the path: with the next save they take the place of the old ones, in the same
# block. So they do when the text is saved as it is.
block=$(api "blocks/$(id_of "$page")/children" | jq -r '.results[] | select(.type == "image").id')
bytes "$dir/pic.png"
forget_requests
cp "$page" "$work/page.md"
cp "$work/page.md" "$page"
synced
same "writes of other bytes" "PATCH POST POST" "$(requests | jq -r "[.[] | select($is_write) | .method] | sort | join(\" \")")"
same "its block" "$block" "$(api "blocks/$(id_of "$page")/children" | jq -r '.results[] | select(.type == "image").id')"
holds "$dir/pic.png" "$(stored "$page" image)"
reads "$work/page.md" "$page"

# The file is removed, and the page goes on showing what Notion has; a save of it sends nothing of
# it. Then the line goes: Notion keeps the block while it alone has the bytes.
mv "$dir/pic.png" "$work/pic.png"
forget_requests
echo 'Another line.' >>"$page"
synced
same "writes without the file" 1 "$(count_requests "$is_write")"
steady "without the file"
cp "$work/pic.png" "$dir/pic.png"
sed -i '/^!\[The bar/,+1d' "$page"
synced
same "pictures without the line" "" "$(stored "$page" image)"

# A new page, with a file of each kind; one file shown twice, one that Notion has, a path with a
# space, one in a directory that stays here, one of a page above, an icon of a callout.
mkdir "$dir/img"
for name in 'a b.pdf' song.mp3 film.mp4 notes.txt img/deep.gif; do bytes "$dir/$name"; done
bytes "$dir/../top.jpg"
cat >"$work/new.md" <<'MD'
![](pic.png)

<pdf source="a%20b.pdf">A scan</pdf>

<audio source="song.mp3"></audio>

<video source="film.mp4"></video>

<file source="notes.txt" name="notes.txt"></file>

![](img/deep.gif)

![](img/deep.gif)

![](../top.jpg)

<callout icon="pic.png">A bell</callout>

After.
MD
forget_requests
cp "$work/new.md" "$dir/New.md"
synced
same "uploads of what Notion has not" 6 "$(count_requests "$uploads")"
same "other writes" 1 "$(count_requests "$is_write and (.path | test(\"file_uploads\") | not)")"
for pair in 'pdf:a b.pdf' audio:song.mp3 video:film.mp4 file:notes.txt; do
  holds "$dir/${pair#*:}" "$(stored "$dir/New.md" "${pair%%:*}")"
done
{ read -r one; read -r two; read -r three; read -r four; } < <(stored "$dir/New.md" image)
holds "$dir/pic.png" "$one"
holds "$dir/img/deep.gif" "$two"
holds "$dir/img/deep.gif" "$three"
holds "$dir/../top.jpg" "$four"
holds "$dir/pic.png" "$(api "blocks/$(id_of "$dir/New.md")/children" | jq -r '.results[] | select(.type == "callout").callout.icon.file.url')"
reads "$work/new.md" "$dir/New.md"
forget_requests
echo 'And a line.' >>"$dir/New.md"
synced
same "writes of one line" 1 "$(count_requests "$is_write")"

# What Notion stores of another page, which has to be read for it.
printf 'A copy.\n\n![](../.assets/drying-beds.jpg)\n' >"$work/copy.md"
cp "$work/copy.md" "$dir/Copy.md"
synced
holds "$dir/../.assets/drying-beds.jpg" "$(stored "$dir/Copy.md" image)"
reads "$work/copy.md" "$dir/Copy.md"

# Properties, icon and cover of a row.
row="$dir/../Projects/The large grinder.md"
projects=$(dirname "$row")
bytes "$projects/icon.png"
bytes "$projects/cover.jpg"
bytes "$projects/my plan.pdf"
sed -i '1a icon: icon.png\ncover: cover.jpg' "$row"
sed -i '4,${/^icon:/d;/^cover:/d}' "$row"
sed -i 's|^Files:.*|Files: [my plan.pdf, https://example.org/x.pdf, icon.png]|' "$row"
cp "$row" "$work/row.md"
synced
reads "$work/row.md" "$row"
there=$(api "pages/$(id_of "$row")")
holds "$projects/icon.png" "$(jq -r .icon.file.url <<<"$there")"
holds "$projects/cover.jpg" "$(jq -r .cover.file.url <<<"$there")"
holds "$projects/my plan.pdf" "$(jq -r '.properties.Files.files[0].file.url' <<<"$there")"
holds "$projects/icon.png" "$(jq -r '.properties.Files.files[2].file.url' <<<"$there")"
same "their names" "my plan.pdf x.pdf icon.png" "$(jq -r '[.properties.Files.files[].name] | join(" ")' <<<"$there")"
forget_requests
sed -i 's/^Budget:.*/Budget: 77/' "$row"
synced
same "writes of a number" 1 "$(count_requests "$is_write")"
same "of it" '{"Budget":{"number":77}}' "$(requests | jq -c ".[] | select($is_write) | .body.properties")"

# What can't be sent: its place, why, what to do; nothing of that save is sent. As good as new once
# it can.
: >"$dir/empty.png"
bytes "$dir/kind.xyz"
ln -s pic.png "$dir/link.png"
truncate -s 70000000 "$dir/large.png"
refused() {
  forget_requests
  rm -f "$dir/Bad.md.error"
  printf 'Ä line.\n\n%s\n' "$1" >"$dir/Bad.md"
  until_true 60 status_is '.failed | length == 1' || fail "$1 was taken"
  until_true 5 [ -e "$dir/Bad.md.error" ] || fail "$1: no file says so"
  same "$1" "Bad.md:$2" "$(cat "$dir/Bad.md.error")"
  same "writes of $1" 0 "$(count_requests "$is_write")"
  same "its text" "$(printf 'Ä line.\n\n%s\n' "$1")" "$(cat "$dir/Bad.md")"
}
refused '![ä](gone.png)' '3:6: "gone.png" is no file in the mount, put one there or write an https:// URL'
refused '<pdf source="empty.png"></pdf>' '3:14: "empty.png": the file is empty, which Notion does not store: put something in it'
refused '- ![](kind.xyz)' '3:7: "kind.xyz": Notion takes no file with this ending: give it the one of its kind, or put it elsewhere and write its https:// address'
refused '![](link.png)' '3:5: "link.png": symbolic links are not followed, put the file itself there'
refused '![](large.png)' '3:5: "large.png": the file has 66.8 MiB and this workspace takes 57.2: make it smaller, or put it elsewhere and write its https:// address'
refused '![](Copy.md)' '3:5: "Copy.md": this is no file, write the path of one'
refused '![](../../../../etc/passwd)' '3:5: "../../../../etc/passwd" is no file in the mount, put one there or write an https:// URL'
refused '<callout icon="gone.png">x</callout>' '3:16: "gone.png" is no file in the mount, put one there or write an https:// URL'
# The file comes after the text that shows it, as `cp -r` may have it: nothing else is to be done.
refused '![](later.png)' '3:5: "later.png" is no file in the mount, put one there or write an https:// URL'
bytes "$work/later.png"
cp "$work/later.png" "$dir/later.png"
until_true 30 status_is '.failed == [] and .pending == 0' || fail "not sent when its file was there"
[ -e "$dir/Bad.md.error" ] && fail "the error is still there"
holds "$dir/later.png" "$(stored "$dir/Bad.md" image)"
# One that is still being written is waited for, too.
{ head -c 1000 "$work/later.png"; until_true 10 [ -e "$work/go" ]; tail -c +1001 "$work/later.png"; } >"$dir/slow.png" &
until_true 10 [ -s "$dir/slow.png" ] || fail "slow.png"
printf '![](slow.png)\n' >"$dir/Slow.md"
until_true 10 status_is '.pending == 1' || fail "slow.png is not waited for"
touch "$work/go"
wait $!
synced
holds "$work/later.png" "$(stored "$dir/Slow.md" image)"
printf '![ä](pic.png)\n' >"$dir/Bad.md"
synced
[ -e "$dir/Bad.md.error" ] && fail "the error is still there"
cp "$row" "$work/row.md"
sed -i 's|^cover: .*|cover: empty.png|' "$row"
: >"$projects/empty.png"
until_true 60 status_is '.failed | length == 1' || fail "an empty cover was taken"
same "of a cover" '3:8: "empty.png": the file is empty, which Notion does not store: put something in it' "$(cut -d: -f2- "$row.error")"
cp "$work/row.md" "$row"
synced

# Uploads that take long, as many as there are threads for: other pages' saves go out meanwhile.
# The process is killed while they are under way, and the next one sends them, each page once.
forget_requests
post faults '{"faults":[{"match":{"path":"/send$"},"do":"hold"}]}' >/dev/null
for i in 1 2 3; do
  bytes "$dir/held $i.png"
  printf 'Same.\n\n![](<held %s.png>)\n' $i >"$dir/Held $i.md"
done
is_held() { [ "$(count_requests "$uploads")" -ge 2 ]; }
until_true 20 is_held || fail "two uploads are not under way"
echo 'A page without a picture.' >"$dir/Quick.md"
is_sent() { [ "$(state_of "$dir/Quick.md")" = synced ]; }
until_true 20 is_sent || fail "a save waits for another page's upload"
crash
curl -sSf -X DELETE "$url/_sim/faults" >/dev/null
post release '{}' >/dev/null
start -o poll=0,sweep=off,save_delay=0.1
synced
complete
for i in 1 2 3; do
  same "pages Held $i" 1 "$(dump | jq "[.pages[] | select(.in_trash | not) | select(.properties.title.title[0].plain_text == \"Held $i\")] | length")"
  holds "$dir/held $i.png" "$(stored "$dir/Held $i.md" image)"
done

# In several parts; `plan` says it before.
bytes "$dir/long.mp4" 21000000
stop
start -o poll=0,sweep=off,save_delay=8
printf '<video source="long.mp4"></video>\n' >"$dir/Film.md"
same "plan" 'POST /v1/file_uploads {"mode":"multi_part","filename":"long.mp4","content_type":"video/mp4","number_of_parts":3}' "$("$notionfs" plan --json "$dir/Film.md" | jq -r '.calls[0] | "\(.method) \(.path) \(.body | tojson)"')"
forget_requests
synced
same "parts" 3 "$(count_requests "$parts")"
holds "$dir/long.mp4" "$(stored "$dir/Film.md" video)"

same "refused requests" "" "$(requests | jq -c '.[] | select(.status >= 400) | [.seq, .method, .path, .status]' | head -3)"
stop
