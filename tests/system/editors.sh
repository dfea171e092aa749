#!/bin/bash
# Every way of saving keeps the page: rename away and create, unlink and create, in place, a backup
# beside, git. The page's id and st_ino stay, nothing is created or trashed, and what is local
# (dot files, backups, .git) is never sent.
. "$(dirname "$0")/mounted.sh"
serve
start -o trash_delay=30
complete
top="$mount/Lantern Yard Coffee"
page="$top/Archive/Menu 2015.md"
id=$(id_of "$page")
inode=$(stat -c %i "$page")
last="Cake from the corner, until three."
now=three

# kept WHAT NEW: the block says so now, nothing else changed.
kept() {
  synced
  changed "update paragraph: ${last/three/$now} -> ${last/three/$2}"
  same "$1: id" "$id" "$(id_of "$page")"
  same "$1: st_ino" "$inode" "$(stat -c %i "$page")"
  same "$1: writes" "PATCH" "$(requests | jq -r ".[] | select($is_write) | .method" | sort -u)"
  now=$2
  remember
  forget_requests
}
remember
forget_requests
text() { sed "s/until $now/until $1/" "$page"; }

mv "$page" "$page~" && sed "s/until $now/until four/" "$page~" >"$page" && rm "$page~"
kept "rename away, create, unlink" four
text five >"$work/text" && rm "$page" && cp "$work/text" "$page"
kept "unlink, create" five
text six >"$top/Archive/.Menu.swp" && mv "$top/Archive/.Menu.swp" "$page"
kept "temp file, rename" six
text seven >"$top/Archive/4913.md" && mv "$top/Archive/4913.md" "$page"
kept "temp page, rename" seven
text eight >"$work/text" && dd if="$work/text" of="$page" conv=fsync status=none
kept "dd, fsync" eight
for copy in yes no auto; do
  next=nine-$copy
  timeout 20 vim -es -u NONE -i NONE -c "set backupcopy=$copy backup writebackup backupskip=" \
    -c "%s/until $now/until $next/" -c wq "$page" </dev/null >/dev/null 2>&1 || fail "vim $copy"
  kept "vim, backupcopy=$copy" $next
  [ -e "$page~" ] || fail "vim's backup is not there"
  rm "$page~"
done
text ten >"$work/text" && rsync "$work/text" "$page"
kept "rsync" ten
text eleven >"$work/text" && rsync --inplace "$work/text" "$page"
kept "rsync --inplace" eleven
text twelve >"$work/text" && tee "$page" <"$work/text" >/dev/null
kept "tee" twelve

# git: commits, checks out an older state; nothing of .git is sent.
cd "$top/Archive" || fail "cd"
git init -q . && git config user.email a@example.org && git config user.name A || fail "git init"
git add . && git commit -qm one || fail "git commit"
same "clean" "" "$(git status --porcelain)"
synced
changed ""
same "writes" 0 "$(count_requests "$is_write")"
sed -i "s/until $now/until thirteen/" "$page"
git commit -qam two || fail "git commit"
kept "sed" thirteen
git checkout -q HEAD~1 -- . || fail "git checkout"
kept "git checkout" twelve
same "clean" "" "$(git diff HEAD~1 --stat)"
timeout 30 git stash -q || fail "git stash"
kept "git stash" thirteen
cd /
rm -rf "$top/Archive/.git"

# Local files of every kind.
remember
forget_requests
echo x >"$top/.hidden" && echo x >"$top/notes.txt" && mkdir -p "$top/.config/dir" && echo x >"$top/.config/dir/page.md"
echo x >"$top/Handbook_BASE_123.md" && rm "$top/Handbook_BASE_123.md"
echo new >"$top/Fleeting.md" && rm "$top/Fleeting.md"
ln -s Handbook.md "$top/.link"
synced
changed ""
same "writes" 0 "$(count_requests "$is_write")"
rm -r "$top/.hidden" "$top/notes.txt" "$top/.config" "$top/.link"
stop
