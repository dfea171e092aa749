#!/bin/bash
# Directories made in the mount, and whole trees copied into it: which become pages, with how many
# requests; what programs install stays here.
. "$(dirname "$0")/mounted.sh"
serve --workspace "$sample" --rate off --now 2026-11-21T10:00:00Z
export NOTIONFS_TEST_CLOCK=$url
start -o poll=0,sweep=off
complete
# another_minute: with a request budget of its own.
another_minute() { post clock '{"advance_s":70}' >/dev/null; }
top="$mount/Lantern Yard Coffee"

# writes: method and kind of each write since forget_requests, counted.
writes() {
  requests | jq -r ".[] | select($is_write) | \"\(.method) \(.path | gsub(\"[0-9a-f-]{32,36}\"; \"*\"))\"" |
    LC_ALL=C sort | uniq -c | sed 's/^ *//'
}
# titles: of what was made, in the order it was made.
titles() {
  requests | jq -r '[.[] | select(.path == "/v1/pages") | .body.properties.title.title[0].text.content] | join(" ")'
}

# A tree of notes: parents first, siblings in order, text and children of a page in one call.
notes=$work/notes
mkdir -p "$notes/Trips/Rome" "$notes/img"
printf 'About trips.\n\nMany.\n' >"$notes/Trips.md"
echo 'By train.' >"$notes/Trips/Rome.md"
echo 'The forum.' >"$notes/Trips/Rome/Monday.md"
echo 'The hill.' >"$notes/Trips/Rome/Tuesday.md"
for i in $(seq 250); do printf 'Line %s.\n\n' "$i"; done >"$notes/Long.md"
head -c 2000 /dev/zero >"$notes/img/dot.png"

# made NAME COMMAND…: copies the tree to $top/NAME; the workspace is what was copied, by a call a
# page and two more for what exceeds the first hundred blocks of Long.
made() {
  local name=$1
  shift
  another_minute
  forget_requests
  remember
  "$@" || fail "$*"
  synced
  same "$name: writes" "2 PATCH /v1/blocks/*/children
6 POST /v1/pages" "$(writes)"
  same "$name: pages" "$(LC_ALL=C sort <<<"new page Long in $name
new page Monday in Rome
new page Rome in Trips
new page Trips in $name
new page Tuesday in Rome
new page $name in Lantern Yard Coffee")" "$(changes | grep '^new page' | LC_ALL=C sort)"
  same "$name: order of siblings" "Monday Tuesday" "$(titles | grep -o 'Monday.*' | cut -d' ' -f1,2)"
  same "$name: tree" "$(cd "$notes" && find . | LC_ALL=C sort)" "$(cd "$top/$name" && find . | LC_ALL=C sort)"
  same "$name: text" "" "$(diff -r "$notes" "$top/$name")"
  same "$name: lines in order" true "$(changes | grep -o 'Line [0-9]*\.$' | grep -o '[0-9]*' | sort -c -n && echo true)"
}
copy() { cp -r "$notes" "$top/Copied"; }
unpack() { tar -C "$notes" -cf - --transform 's,^\.,Unpacked,' --sort=name . | tar -C "$top" -xf -; }
sync_tree() { rsync -a "$notes/" "$top/Synced/"; }
made Copied copy
made Unpacked unpack
made Synced sync_tree
forget_requests
rsync -a "$notes/" "$top/Synced/" || fail "rsync again"
synced
same "the same again" "" "$(writes)"
stop
start -o poll=0,sweep=off
same "after a remount" "" "$(diff -r "$notes" "$top/Copied")"

another_minute
# What programs install and clone stays here, with every .md in it, also after a remount.
forget_requests
remember
cd "$top/Archive" || fail cd
git init -q "$work/repo" && (cd "$work/repo" && git config user.email x@example.org && git config user.name x &&
  mkdir docs && echo '# Read me' >README.md && echo doc >docs/a.md && git add . && git commit -qm first) || fail "repo"
git clone -q "$work/repo" cloned || fail "git clone"
mkdir -p node_modules/left-pad/docs && echo '{}' >node_modules/left-pad/package.json
echo '# left-pad' >node_modules/left-pad/README.md
echo '# deep' >node_modules/left-pad/docs/API.md
mkdir app && echo '{}' >app/package.json && echo '# app' >app/README.md
mkdir app/src && echo '# notes' >app/src/notes.md
mkdir plain && echo data >plain/data.txt && mkdir plain/more && echo data >plain/more/data.txt
same "clean clone" "" "$(git -C cloned status --porcelain)"
cd / && stop
start -o poll=0,sweep=off
echo later >>"$top/Archive/app/LATER.md"
echo later >"$top/Archive/cloned/docs/b.md"
synced
same "nothing of it was sent" "" "$(writes)"
changed ""
same "still here" "LATER.md README.md package.json src" "$(ls "$top/Archive/app" | xargs)"

another_minute
# Until a page appears in one: then it is the page's, with the files that are in it.
cd "$top/Archive/plain/more" || fail cd
echo 'A page.' >Page.md || fail "page"
same "where the shell is" "$top/Archive/plain/more" "$(pwd -P)"
same "listed" "Page.md data.txt" "$(ls | xargs)"
cd /
synced
changed "new page plain in Archive
new page more in plain
new page Page in more
insert child_page in Archive after To be written: plain
insert child_page in plain: more
insert child_page in more: Page
insert paragraph in Page: A page."
same "its file" "data data" "$(cat "$top/Archive/plain/data.txt" "$top/Archive/plain/more/data.txt" | xargs)"
stop
start -o poll=0,sweep=off
same "its file, after a remount" "data Page.md" "$(cat "$top/Archive/plain/more/data.txt") $(ls "$top/Archive/plain/more" | head -1)"

# X.md beside it makes it X's; a database is made in Notion.
mkdir "$top/Archive/Box" && echo 'A box.' >"$top/Archive/Box.md" && echo in >"$top/Archive/Box/In.md" || fail "Box"
mkdir "$top/Archive/Base"
fails_with "not permitted" touch "$top/Archive/Base/.schema.yaml"
grep -q "databases can't be made" "$mount/.notionfs/errors" || fail "no reason: $(cat "$mount/.notionfs/errors")"
rmdir "$top/Archive/Base" || fail "rmdir"
synced
same "a box" "In" "$(dump | jq -r '.pages as $p | $p[] | select(.properties.title.title[0].plain_text? == "Box") | .id as $b | $p[] | select(.parent.page_id == $b) | .properties.title.title[0].plain_text')"

another_minute
# Moved by mv, killed before it is sent, and sent once.
stop
start -o poll=0,sweep=off,save_delay=10
forget_requests
remember
number=$(stat -c %i "$top/Archive/Menu 2015.md")
mv "$top/Archive/Menu 2015.md" "$top/Meetings/" || fail mv
mv "$top/Archive/Box" "$top/Meetings/" || fail "mv of a directory"
fails_with "not permitted" mv "$top/Archive/To be written.md" "$mount/"
fails_with "to a subdirectory of itself" mv "$top/Archive.md" "$top/Archive/"
[ ! -e "$top/Archive/Box.md" ] && [ -f "$top/Meetings/Box/In.md" ] || fail "both names"
same "number" "$number" "$(stat -c %i "$top/Meetings/Menu 2015.md")"
crash
start -o poll=0,sweep=off
synced
same "sent once each" "2 POST /v1/pages/*/move" "$(writes)"
same "number after a crash" "$number" "$(stat -c %i "$top/Meetings/Menu 2015.md")"
stop
