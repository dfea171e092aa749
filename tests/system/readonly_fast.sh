#!/bin/bash
# -o ro, once every page is here: the kernel reads without a message; a page that changes is, to
# whoever has it open, the one he opened; what is new appears when it can be read; .notionfs is
# always of now; a scan with a cold kernel reads little more than two pages of a directory.
. "$(dirname "$0")/mounted.sh"
serve --generate pages=60,rows=40,blocks=6,seed=3 --rate off
start -o poll=0,sweep=off
complete
stop
messages() { jq .fuse_messages "$mount/.notionfs/status.json"; }
start -o ro,poll=1,sweep=off
readable() { find "$mount" -type f -print0 | xargs -0 cat; }

# The first open after all is known to be here ends them all.
until_true 20 sh -c "sleep 0.3; cat '$mount'/*.md >/dev/null; exec bash -c '
  a=\$(jq .fuse_messages $mount/.notionfs/status.json); cat $mount/*.md >/dev/null
  b=\$(jq .fuse_messages $mount/.notionfs/status.json); c=\$(jq .fuse_messages $mount/.notionfs/status.json)
  [ \$((b - a)) = \$((c - b)) ]'" || fail "opens are still asked for"
readable >"$work/first"
before=$(messages)
own=$(messages)
readable >"$work/second"
after=$(messages)
cmp "$work/first" "$work/second" || fail "it reads otherwise the second time"
# Reading the counter takes about ten itself, reading the files would take hundreds.
[ $((after - own)) -lt 20 ] || fail "a warm scan takes messages: $((after - own))"

# Cold: the kernel's pages are gone, the second read of a directory brings its siblings.
if [ "$(id -u)" = 0 ]; then
  files=$(find "$mount" -name '*.md' | wc -l)
  echo 1 >/proc/sys/vm/drop_caches
  before=$(messages)
  readable >"$work/third"
  after=$(messages)
  cmp "$work/first" "$work/third" || fail "it reads otherwise from a cold kernel"
  echo "a cold scan of $files files: $((after - before)) messages"
fi

# An open file stays whole; by its name it is the new one.
read -r block text < <(dump | jq -r '[.blocks[][] | select(.type == "paragraph")][0] | .id + " " + .paragraph.rich_text[0].plain_text')
page=$(grep -rlF "$text" "$mount" --include='*.md' | head -1)
[ -n "$page" ] || fail "no page has: $text"
cp "$page" "$work/old"
inode=$(stat -c %i "$page")
exec 5<"$page"
head -c 10 <&5 >"$work/read"
words=$(printf 'Changed %.0s' $(seq 200))
post edit "$(jq -n --arg id "$block" --arg text "$words" '{as: "app", op: "update", id: $id,
  block: {paragraph: {rich_text: [{text: {content: $text}}]}}}')" >/dev/null || fail "edit"
until_true 20 grep -q "Changed Changed" "$page" || fail "the change does not arrive"
size=$(stat -c %s "$page")
# Also when the kernel has to ask for the old bytes again.
[ "$(id -u)" != 0 ] || echo 1 >/proc/sys/vm/drop_caches
cat <&5 >>"$work/read"
exec 5<&-
cmp "$work/old" "$work/read" || fail "the open file is not what was opened"
same "st_ino" "$inode" "$(stat -c %i "$page")"
same "size" "$size" "$(wc -c <"$page")"

# status is of now, and as long as it says.
same "status's size" "$(stat -c %s "$mount/.notionfs/README.md")" "$(wc -c <"$mount/.notionfs/README.md")"
first=$(messages)
ls -l "$mount"/*/ >/dev/null
second=$(messages)
[ "$second" -gt "$first" ] || fail "status.json is an old one"
stop
