#!/bin/bash
# The lines of SECURITY.md that need a mount: where the token may not be, who may read the folders,
# what a title, a file's name or a server may not do.
. "$(dirname "$0")/mounted.sh"
secret=ntn_SECRETSECRETSECRET
export NOTION_API_TOKEN=$secret

# ---- the token ----
serve --workspace "$sample" --rate off --token $secret
start -o poll=0,sweep=off
complete
top="$mount/Lantern Yard Coffee"
# This shell may know it: not the daemon, nor whom that started.
for process in "$daemon" $(pgrep -P "$daemon"); do
  grep -qa $secret "/proc/$process/cmdline" "/proc/$process/environ" && fail "the token is in /proc/$process"
done
sed -i 's/^Done: .*/Done: perhaps/' "$top/Tasks/Swap the bearing.md"
timeout 20 "$notionfs" sync "$mount" >"$work/said" 2>&1
grep -raq $secret "$work/cache" "$work/state" "$work/log" "$work/said" && fail "the token is on the disk"
cat "$mount"/.notionfs/{status,status.json,errors,events,README.md} | grep -q $secret && fail "the token is in .notionfs"

timeout 20 "$notionfs" discard "$top/Tasks/Swap the bearing.md" >/dev/null || fail "discard"

# ---- the folders ----
# The user's own files keep the modes that he gave them, in a folder that only he may enter.
same "for others" "" "$(find "$work/cache/notionfs" "$work/state/notionfs" -not -path '*/local/*/*' -perm /077)"
stop

for folder in "$work/cache/notionfs" "$work/state/notionfs"; do
  owned=$(find "$folder" -mindepth 1 -maxdepth 1 -type d | head -1)
  chown 65534 "$owned"
  timeout 30 "$notionfs" mount "$mount" >"$work/said" 2>&1 && fail "mounted with somebody else's $folder"
  grep -q "not a folder of yours" "$work/said" || fail "not said: $(cat "$work/said")"
  chown 0 "$owned"
  # A folder that is elsewhere by a link somebody put there.
  mv "$owned" "$work/elsewhere"
  ln -s "$work/elsewhere" "$owned"
  timeout 30 "$notionfs" mount "$mount" >"$work/said" 2>&1 && fail "mounted through a link"
  rm "$owned"
  mv "$work/elsewhere" "$owned"
done

# ---- not root: nobody reads the daemon's memory, no core is left ----
# In a mount namespace of its own, with a /dev/fuse that everybody may open, as Debian has it.
as_nobody() {
  install -d -o 65534 -g 65534 "$work/nobody" "$work/nobody/mount"
  chmod 755 "$work"
  mknod -m 666 "$work/fuse" c 10 229
  unshare -m bash -c '
    mount --bind "$1/fuse" /dev/fuse && ulimit -c unlimited && cd "$1/nobody" &&
    HOME=$PWD XDG_CACHE_HOME=$PWD/cache XDG_STATE_HOME=$PWD/state XDG_RUNTIME_DIR=$PWD \
      exec setpriv --reuid 65534 --regid 65534 --clear-groups \
      "$2" mount -f -o poll=0,sweep=off mount' nobody "$work" "$notionfs" >"$work/nobody.log" 2>&1 &
  nobody=$!
  until_true 20 grep -q ' is mounted on ' "$work/nobody.log" || fail "nobody can't mount: $(cat "$work/nobody.log")"
  same "who it is" 65534 "$(awk '/^Uid/ {print $2}' /proc/$nobody/status)"
  same "whose memory it is" 0 "$(stat -c %u "/proc/$nobody/mem")"
  nsenter -t $nobody -m ls "$work/nobody/mount" >/dev/null 2>&1 && fail "root sees into somebody's mount"
  kill -SEGV $nobody
  wait $nobody 2>/dev/null
  same "ended by" 139 $?
  same "cores" "" "$(find "$work/nobody" -name 'core*' -type f)"
}
if [ "$(id -u)" = 0 ] && [ -u /usr/bin/fusermount3 ]; then
  as_nobody
fi

# ---- what somebody calls a page ----
start -o poll=0,sweep=off
complete
add() { post edit "$(jq -n --arg id "$(id_of "$top/Archive.md")" --arg title "$1" '{as: "app", op: "insert", id: $id, block: {child_page: {title: $title}}}')" >/dev/null || fail "insert"; }
count=$(ls "$top/Archive" | wc -l)
titles=('../../../../etc/passwd' '/etc/passwd' '..' '.' '.git' '.notionfs' '.assets' '.schema.yaml' $'a\nb' $'\e]0;owned\a' $'\xc2\x9b31mC1' '-rf' '' "$(printf 'x%.0s' {1..3000})" $'\u202egnp.exe' 'CON' 'a\b' 'b.md' '~root')
for title in "${titles[@]}"; do add "$title"; done
timeout 60 "$notionfs" sync "$mount" >/dev/null
until_true 10 test "$(ls "$top/Archive" | wc -l)" = $((count + ${#titles[@]})) ||
  fail "$(ls "$top/Archive" | wc -l) names, not $((count + ${#titles[@]}))"
same "names that are no place or hidden" "" "$(find "$top/Archive" -mindepth 1 -maxdepth 1 \( -name '.*' -o -name '-*' \) -printf '%f\n' | grep -v '^-rf.md$')"
same "control characters in names" 0 "$(find "$top/Archive" -printf '%P\0' | tr -d '\0' | LC_ALL=C grep -c $'[\x01-\x1f\x7f]')"
test -d "$mount/.notionfs" && grep -q mounted "$mount/.notionfs/README.md" || fail ".notionfs is another"
same "what is in the mount" "$(realpath "$mount")" "$(find "$top/Archive" -mindepth 1 -exec realpath {} + | grep -v "^$(realpath "$top/Archive")/" | head -1; realpath "$mount")"

# A terminal obeys nothing that a title says.
for title in $'\e]0;owned\a red\e[31m' $'\xc2\x9b31mC1' $'\u202egnp'; do
  printf 'x\n' >"$top/Tasks/$(tr -d '/' <<<"$title" | tr -d '\n').md" 2>/dev/null
done
{
  timeout 20 "$notionfs" status "$mount"
  timeout 20 "$notionfs" sync "$mount"
  timeout 20 "$notionfs" log "$mount"
  find "$top" -name '*owned*' -exec "$notionfs" info {} \;
  find "$top" -name '*C1*' -exec "$notionfs" info {} \;
  find "$top" -name '*gnp*' -exec "$notionfs" info {} \;
} >"$work/printed" 2>&1
[ -s "$work/printed" ] || fail "nothing printed"
LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$work/printed" && fail "a control character is printed: $(LC_ALL=C grep -n $'[\x01-\x08\x0b-\x1f\x7f]' "$work/printed" | cat -v | head -3)"
LC_ALL=C grep -q $'\xc2[\x80-\x9f]' "$work/printed" && fail "a C1 control character is printed"
LC_ALL=C grep -q $'\xe2\x80\xae' "$work/printed" && fail "a change of direction is printed"
stop

# ---- a server that is not what it says ----
hostile() { # KIND
  python3 "$here/hostile_server.py" "$1" >"$work/hostile" 2>&1 &
  hostile=$!
  until_true 10 grep -q listening "$work/hostile" || fail "no hostile server"
  # At most as much memory as a mount of this size ever needs.
  NOTION_API_BASE_URL=$(grep -oE 'https?://[0-9.:]+' "$work/hostile" | head -1) XDG_CACHE_HOME=$work/none XDG_STATE_HOME=$work/none \
    timeout 100 "$notionfs" mount "$mount" >"$work/said" 2>&1 && fail "$1: mounted"
  kill $hostile
  wait $hostile 2>/dev/null
  grep -q $secret "$work/said" && fail "$1: the token is in: $(cat "$work/said")"
  [ "$(wc -l <"$work/said")" = 1 ] || fail "$1: not one sentence: $(cat "$work/said")"
  mountpoint -q "$mount" && fail "$1: mounted"
}
hostile echo
grep -q "does not accept this token" "$work/said" || fail "echo: $(cat "$work/said")"
hostile redirect
grep -q "other got" "$work/hostile" && fail "it followed to another host: $(cat "$work/hostile")"
hostile deep
hostile bomb
# TLS with a certificate that nobody vouches for.
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key" -out "$work/certificate" 2>/dev/null || fail "openssl"
CERTIFICATE=$work/certificate KEY=$work/key hostile tls
grep -qi "certificate" "$work/said" || fail "tls: $(cat "$work/said")"
grep -q "tls got" "$work/hostile" && fail "a request was sent: $(cat "$work/hostile")"

# ---- a text that is made to hurt ----
start -o poll=0,sweep=off
bomb() { # NAME: from standard input, a page; whatever becomes of it, it is soon
  cat >"$top/Archive/$1.md"
  timeout 60 "$notionfs" sync "$top/Archive/$1.md" >/dev/null 2>&1
  [ $? != 124 ] || fail "$1 takes more than a minute"
  timeout 20 "$notionfs" discard "$top/Archive/$1.md" >/dev/null 2>&1
}
head -c 300000 /dev/zero | tr '\0' '>' | bomb quotes
head -c 300000 /dev/zero | tr '\0' '*' | bomb stars
head -c 300000 /dev/zero | tr '\0' '[' | bomb brackets
yes '<details>' | head -20000 | bomb toggles
for i in $(seq 300); do printf '%*s- x\n' $((2 * i)) ''; done | bomb lists
{ printf -- '---\na: &a [x,x]\n'; for i in {b..z}; do printf '%s: &%s [*a,*a]\n' "$i" "$i"; done; printf -- '---\n'; } | bomb aliases
{ printf -- '---\nTags: '; head -c 100000 /dev/zero | tr '\0' '['; printf '\n---\n'; } | bomb brackets-in-the-head
answers >/dev/null || fail "the daemon is gone"
kill -0 "$daemon" || fail "the daemon is gone"
exit 0
