#!/bin/bash
# What `mount` says when it can't: one sentence with the remedy, exit code 1, or 2 for wrong usage.
# No token, a wrong one, nothing shared, a directory that isn't empty, is mounted already or isn't
# there, no network without a cache. With a cache it mounts without a network and says so. A mount
# whose daemon was killed is cleared.
. "$(dirname "$0")/mounted.sh"

# refused CODE PATTERN ARGUMENT…: notionfs mount ARGUMENT… fails so, in one line.
refused() {
  local code=$1 pattern=$2 said got
  shift 2
  said=$(timeout 30 "$notionfs" mount "$@" 2>&1 >/dev/null)
  got=$?
  same "exit code of mount $*: $said" "$code" "$got"
  case $said in
  $pattern) ;;
  *) fail "mount $*: expected $pattern, got $said" ;;
  esac
  [ "$code" != 1 ] || same "lines of: $said" 1 "$(wc -l <<<"$said")"
  mountpoint -q "$mount" && fail "mount $* mounted"
  return 0
}

# Wrong usage.
refused 2 '*no_such_option*' -o no_such_option "$mount"
refused 2 '*save_delay=11*' -o save_delay=11 "$mount"
refused 2 '*' --no-such-option "$mount"
refused 2 '*directory*'
refused 2 '*' "$mount" "$mount"
timeout 5 "$notionfs" no-such-command 2>/dev/null
same "unknown command" 2 $?
timeout 5 "$notionfs" 2>/dev/null
same "no command" 2 $?
timeout 5 "$notionfs" info 2>/dev/null
same "info without a path" 2 $?

# Before anybody is asked.
serve --workspace "$sample" --rate off --token ntn_test
NOTION_API_TOKEN='' refused 1 '*no token*NOTION_API_TOKEN*' "$mount"
(unset NOTION_API_TOKEN; refused 1 '*no token*NOTION_API_TOKEN*' "$mount") || exit 1
(unset NOTION_API_TOKEN; install -m 644 /dev/null "$work/token"; echo ntn_test >"$work/token"
  refused 1 '*others*' --token-file "$work/token" "$mount") || exit 1
touch "$mount/file"
refused 1 '*not empty*' "$mount"
rm "$mount/file"
refused 1 '*No such file*mkdir*' "$work/nowhere"
refused 1 '*not a directory*' "$sample"
same "requests" 0 "$(count_requests true)"

# The server.
NOTION_API_TOKEN=ntn_wrong refused 1 '*does not accept this token*NOTION_API_TOKEN*' "$mount"
grep -rq ntn_wrong "$XDG_STATE_HOME" "$XDG_CACHE_HOME" 2>/dev/null && fail "the token is on the disk"
jq '.roots = []' "$sample" >"$work/unshared.json"
shared=$url first_server=$server
serve --workspace "$work/unshared.json" --rate off
refused 1 '*nothing is shared*Connections*' "$mount"
kill "$server" && wait "$server"
refused 1 '*can?t be reached*check the network*' "$mount"
NOTION_API_BASE_URL=http://api.notion.example refused 1 '*https*' "$mount"
url=$shared server=$first_server
export NOTION_API_BASE_URL=$url

# A token file, and a token command.
(unset NOTION_API_TOKEN; chmod 600 "$work/token"
  timeout 30 "$notionfs" mount --token-file "$work/token" "$mount" >"$work/said" 2>&1 || fail "token file: $(cat "$work/said")"
  timeout 30 "$notionfs" unmount "$mount" || fail "unmount"
  timeout 30 "$notionfs" mount --token-command 'echo ntn_test' "$mount" >"$work/said" 2>&1 || fail "token command: $(cat "$work/said")"
  timeout 30 "$notionfs" unmount "$mount" || fail "unmount") || exit 1

# Mounted already, here and elsewhere.
start
complete
said=$(timeout 30 "$notionfs" mount "$mount" 2>&1)
same "a second mount" "1" "$?"
case $said in *"mounted already"*) ;; *) fail "a second mount: $said" ;; esac
mkdir "$work/other"
said=$(timeout 30 "$notionfs" mount "$work/other" 2>&1)
same "the same workspace elsewhere" "1" "$?"
case $said in *"$mount"*) ;; *) fail "the same workspace elsewhere: $said" ;; esac

# A dead mount of our own is cleared.
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
timeout 5 ls "$mount" 2>/dev/null && fail "the mount is not dead"
said=$(timeout 30 "$notionfs" mount "$mount" 2>&1) || fail "over a dead mount: $said"
case $said in *"cleared a dead mount"*) ;; *) fail "over a dead mount: $said" ;; esac
daemon=$(jq .pid "$mount/.notionfs/status.json")
same "it works" 1 "$(grep -c 'called Walter' "$mount/Lantern Yard Coffee/Handbook.md")"
timeout 30 "$notionfs" unmount "$mount" || fail "unmount"
daemon=

# No network, but a cache.
kill "$server" && wait "$server"
server=
said=$(timeout 60 "$notionfs" mount "$mount" 2>&1) || fail "offline: $said"
case $said in *"can't be reached"* | *"all here") ;; *) fail "offline: $said" ;; esac
daemon=$(jq .pid "$mount/.notionfs/status.json")
same "it works offline" 1 "$(timeout 20 grep -c 'called Walter' "$mount/Lantern Yard Coffee/Handbook.md")"
until_true 10 status_is '.offline_since != null' || fail "offline_since is null"
echo 'Saved offline.' >"$mount/Lantern Yard Coffee/Archive/Offline.md" || fail "saving offline"
same "read back" "Saved offline." "$(cat "$mount/Lantern Yard Coffee/Archive/Offline.md")"
kill "$daemon"
until_true 20 eval "! mountpoint -q $mount" || fail "SIGTERM does not unmount"
daemon=
