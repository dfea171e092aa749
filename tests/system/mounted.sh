# Sourced by the tests of the whole program: notion-sim, notionfs mounted on it, and the words to
# test them with. Folders, server and mount are the test's own and go with it.
# usage of a test: NAME.sh PATH-OF-NOTIONFS PATH-OF-NOTION-SIM SAMPLE.json
set -u
. "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
[ -e /dev/fuse ] || exit 77
notionfs=$(realpath "$1")
notion_sim=$(realpath "$2")
sample=$(realpath "$3")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
work=$(mktemp -d)
mount=$work/mount
daemon=
server=
url=
mkdir "$mount" "$work/home"
export HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
export XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/run NOTION_API_TOKEN=ntn_test
unset NOTION_TOKEN NOTION_API_BASE_URL NOTION_API_VERSION NOTIONFS_TEST_CLOCK
: >"$work/log"

cleanup() {
  status=$?
  exec 2>/dev/null
  cd /
  mountpoint -q "$mount" && umount -l "$mount"
  for process in $daemon $server $(jobs -p); do kill -KILL "$process"; done
  wait
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
  echo "FAILED: $*" >&2
  tail -30 "$work/log" | sed 's/^/daemon: /' >&2
  exit 1
}

# serve [OPTION…]: starts the server, of the sample if no options say otherwise.
serve() {
  [ $# -gt 0 ] || set -- --workspace "$sample" --rate off
  "$notion_sim" "$@" >"$work/server" 2>&1 &
  server=$!
  until_true 10 grep -q listening "$work/server" || fail "no server: $(cat "$work/server")"
  url=$(grep -o 'http://[0-9.:]*' "$work/server")
  export NOTION_API_BASE_URL=$url
}

# start [OPTION…]: mounts, in the foreground of a process of its own.
start() {
  "$notionfs" mount -f "$@" "$mount" >>"$work/log" 2>&1 &
  daemon=$!
  until_true 15 answers || fail "not mounted"
}

answers() { mountpoint -q "$mount" && timeout 5 cat "$mount/.notionfs/status.json"; }

# stop: unmounts as a person would, and takes the daemon's exit status (a sanitizer's, too).
stop() {
  timeout 60 "$notionfs" unmount "$mount" >>"$work/log" 2>&1 || fail "unmount"
  wait "$daemon" || fail "the daemon's exit status is $?"
  daemon=
  mountpoint -q "$mount" && fail "still mounted"
  return 0
}

# crash: kill -9 of the daemon, and nothing of the mount left.
crash() {
  kill -KILL "$daemon"
  wait "$daemon" 2>/dev/null
  daemon=
  umount -l "$mount"
}

# complete: every page is here and nothing is owed.
complete() {
  timeout 60 "$notionfs" sync --complete "$mount" >>"$work/log" 2>&1 || fail "sync --complete"
}

# synced: what was saved has been sent, without an error.
synced() {
  local said
  said=$(timeout 40 "$notionfs" sync "$mount" 2>&1) || fail "sync: $said"
}

# status_is JQ-EXPRESSION of status --json, true.
status_is() { timeout 5 cat "$mount/.notionfs/status.json" | jq -e "$1" >/dev/null; }

# state_of PATH: as info --json tells it.
state_of() { timeout 10 "$notionfs" info --json "$1" | jq -r .state; }

# The server's own addresses (tools/sim/README.md).
dump() { curl -sSf -m 20 "$url/_sim/dump"; }
requests() { curl -sSf -m 20 "$url/_sim/requests"; }
forget_requests() { curl -sSf -m 20 -X DELETE "$url/_sim/requests" >/dev/null || fail "requests"; }
post() { curl -sSf -m 20 -X POST -H 'Content-Type: application/json' -d "$2" "$url/_sim/$1"; }

# count_requests JQ-CONDITION: how many there were.
count_requests() { requests | jq "[.[] | select($1)] | length"; }
is_write='(.method != "GET" and (.path | test("/search$|/query$") | not))'

# id_of PATH: of a page of the mount.
id_of() { timeout 20 "$notionfs" info --json "$1" | jq -r .id; }

# remember: the workspace as it is now. changes: what has changed in it since, a line each.
remember() { dump >"$work/before.json" || fail "dump"; }
changes() {
  dump >"$work/after.json" || fail "dump"
  python3 "$here/changes.py" "$work/before.json" "$work/after.json"
}

# changed TEXT: the changes since `remember` are exactly these lines, in any order.
changed() { same "changes" "$(LC_ALL=C sort <<<"$1")" "$(changes | LC_ALL=C sort)"; }
