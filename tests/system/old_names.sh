#!/bin/bash
# A page that is retitled in Notion while an editor has it open: the old name leads there still, for
# that editor alone, whatever its way of saving, and over a remount; no twin is made, nothing is
# trashed. After a rename(2) here the old name is gone at once.
. "$(dirname "$0")/mounted.sh"
command -v vim >/dev/null || { echo "vim is not installed: tools/deps" && exit 77; }
serve
export NOTIONFS_TEST_CLOCK=$url
start -o poll=30,sweep=off
complete
there="$mount/Lantern Yard Coffee/Archive"
stem="Menu 2015"
id=$(id_of "$there/$stem.md")
inode=$(stat -c %i "$there/$stem.md")
pages=$(dump | jq '[.pages[] | select(.in_trash | not)] | length')
said_now=three

coproc editor { exec python3 "$here/long_open.py"; }
exec 7>&"${editor[1]}" 8<&"${editor[0]}"
# the_editor WORD…: what the long-open editor answers.
the_editor() {
  local line
  (IFS=$'\t' && printf '%s\n' "$*" >&7)
  read -r -t 30 line <&8 || fail "the editor does not answer: $*"
  echo "$line"
}
editor_does() { same "the editor: $*" ok "$(the_editor "$@")"; }

is_named() { [ -e "$there/$1.md" ]; }
# retitled NEW: in the app, in another minute than what was before, and the mount has heard of it.
retitled() {
  post clock '{"advance_s": 70}' >/dev/null || fail "clock"
  post edit "$(jq -n --arg id "$id" --arg title "$1" '{as: "app", op: "rename", id: $id, title: $title}')" >/dev/null || fail "rename"
  post clock '{"advance_s": 70}' >/dev/null || fail "clock"
  synced
  until_true 20 is_named "$1" || fail "the new name $1 is not there: $(ls "$there")"
  old=$stem
  stem=$1
}
# kept WHAT NEW: the block says so, of the same page; it is listed under its new name alone.
kept() {
  synced
  same "$1: changes" "update paragraph: Cake from the corner, until $said_now. -> Cake from the corner, until $2." "$(changes)"
  said_now=$2
  same "$1: id" "$id synced" "$(timeout 20 "$notionfs" info --json "$there/$stem.md" | jq -r '"\(.id) \(.state)"')"
  same "$1: st_ino" "$inode" "$(stat -c %i "$there/$stem.md")"
  grep -q "until $2" "$there/$stem.md" || fail "$1: the text"
  listed "$1"
  remember
}
listed() {
  same "$1: listed" "$stem.md" "$(ls -A "$there" | grep -e Menu -e 4913)"
  [ ! -e "$there/$old.md" ] || fail "$1: $old.md is there for everybody"
}

# Each way of saving, by the name before, and by the one before that.
remember
editor_does read "$there/$stem.md"
number=0
for how in in-place truncate temp temp-page rename-away unlink; do
  number=$((number + 1))
  retitled "Menu $number"
  remember
  listed "$how, before"
  editor_does is "$there/$old.md"
  editor_does save $how "$there/$old.md" "until $said_now" "until $how"
  kept "$how" "$how"
done
editor_does save rename-away "$there/Menu 2015.md" "until $said_now" "until first"
kept "by its first name" first

# Who had not opened it makes a page of that name, and it is that page's from then on.
echo "Another one." >"$there/$old.md" || fail "a new page of the old name"
synced
same "a new page" "new page $old in Archive" "$(changes | grep '^new page')"
[ "$(id_of "$there/$old.md")" != "$id" ] || fail "the new page is the old one"
editor_does save truncate "$there/$old.md" "until first" "until second"
synced
grep -q "until second" "$there/$old.md" || fail "the name was taken, its file is another"
grep -q "until first" "$there/$stem.md" || fail "the page was written by a name that was taken"
rm "$there/$old.md"
post clock '{"advance_s": 40}' >/dev/null
synced

# Over a remount: who had it open has it still.
editor_does read "$there/$stem.md"
retitled "Menu after"
remember
stop
start -o poll=30,sweep=off
editor_does save rename-away "$there/$old.md" "until $said_now" "until remounted"
kept "over a remount" remounted

# vim for real, in each of its ways, with its own checks before it writes.
for copy in yes no; do
  {
    echo "#!/bin/bash"
    printf 'curl -sSf -X POST -H "Content-Type: application/json" -d %q %q &&\n' \
      "$(jq -nc --arg id "$id" --arg title "Menu vim $copy" '{as: "app", op: "rename", id: $id, title: $title}')" "$url/_sim/edit"
    printf 'curl -sSf -X POST -d %q %q && %q sync %q\n' '{"advance_s": 70}' "$url/_sim/clock" "$notionfs" "$mount"
  } >"$work/retitle" && chmod +x "$work/retitle"
  (cd "$there" && timeout 60 vim -es -u NONE -i NONE -c "set nocompatible backupcopy=$copy writebackup" \
    -c "silent !$work/retitle" -c "%s/until $said_now/until vim $copy/" -c w -c q "$stem.md") \
    </dev/null >"$work/said" 2>&1 || fail "vim: $(cat "$work/said")"
  old=$stem
  stem="Menu vim $copy"
  until_true 20 is_named "$stem" || fail "the new name is not there"
  synced
  same "vim: changes" "page $stem title: $old -> $stem
update child_page: $old -> $stem
update paragraph: Cake from the corner, until $said_now. -> Cake from the corner, until vim $copy." "$(changes | LC_ALL=C sort)"
  said_now="vim $copy"
  remember
  kept_name="vim, backupcopy=$copy"
  same "$kept_name: id" "$id" "$(id_of "$there/$stem.md")"
  listed "$kept_name"
done

# A title in the frontmatter retitles: the same.
editor_does read "$there/$stem.md"
old=$stem
stem="Menu by key"
{ printf -- '---\ntitle: "%s"\n---\n' "$stem" && cat "$there/$old.md"; } >"$work/text"
cat "$work/text" >"$there/$old.md"
synced
post clock '{"advance_s": 70}' >/dev/null
synced
until_true 20 is_named "$stem" || fail "the title's name is not there: $(ls "$there")"
remember
editor_does save truncate "$there/$old.md" "until $said_now" "until key"
kept "title:" key

# rename(2), by somebody else or by itself: the old name is gone at once.
editor_does read "$there/$stem.md"
mv "$there/$stem.md" "$there/Menu moved.md" || fail "mv"
old=$stem
stem="Menu moved"
[ "$(the_editor is "$there/$old.md")" != ok ] || fail "after mv the old name is there"
synced
retitled "Menu last"
editor_does is "$there/$old.md"
editor_does move "$there/$old.md" "$there/Menu by hand.md"
[ "$(the_editor is "$there/$old.md")" != ok ] || fail "after rename(2) by an old name that is there"
stem="Menu by hand"
synced
same "id" "$id" "$(id_of "$there/$stem.md")"

# A day later it means nothing to anybody; a directory is never found by an old name.
retitled "Menu end"
editor_does is "$there/$old.md"
post clock '{"advance_s": 86500}' >/dev/null
synced
[ "$(the_editor is "$there/$old.md")" != ok ] || fail "a day later the old name is there"
directory="$mount/Lantern Yard Coffee/Meetings"
editor_does read "$directory.md"
id=$(id_of "$directory.md")
there="$mount/Lantern Yard Coffee"
stem=Meetings
retitled "Encounters"
editor_does is "$there/Meetings.md"
[ "$(the_editor is "$there/Meetings")" != ok ] || fail "the directory has its old name"
ls "$there/Encounters" >/dev/null || fail "the directory's new name"

post clock '{"advance_s": 120}' >/dev/null
synced
same "pages" "$pages" "$(dump | jq '[.pages[] | select(.in_trash | not)] | length')"
exec 7>&- 8<&-
stop
