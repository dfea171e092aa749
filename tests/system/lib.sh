# Sourced by the tests of fs: a fake mount in a directory of its own, and the words to test it
# with. usage of a test: NAME.sh PATH-OF-FAKE-NOTIONFS
set -u
. "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
[ -e /dev/fuse ] || exit 77
fake=$(realpath "$1")
work=$(mktemp -d)
mount=$work/mount
state=$work/state
daemon=
mkdir "$mount" "$state"

cleanup() {
  status=$?
  exec 2>/dev/null
  cd /
  mountpoint -q "$mount" && umount -l "$mount"
  [ -n "$daemon" ] && kill -KILL "$daemon" && wait "$daemon"
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  sed 's/^/daemon: /' "$work/log" >&2
  exit 1
}

# start [OPTION…]: mounts.
start() {
  "$fake" "$state" "$mount" "$@" >"$work/log" 2>&1 &
  daemon=$!
  until_true 10 grep -q mounted "$work/log" || fail "not mounted"
}

# stop: ends the daemon by SIGTERM and takes its exit status (a sanitizer's, too).
stop() {
  kill -TERM "$daemon"
  wait "$daemon" || fail "the daemon's exit status is $?"
  daemon=
  mountpoint -q "$mount" && fail "still mounted"
  return 0
}

# order JSON: a command of the fake workspace; prints its answer.
order() {
  exec 9<>"$mount/.notionfs/control" || return 1
  printf '%s' "$1" | dd bs=64K iflag=fullblock status=none >&9 # one write
  cat <&9
  exec 9>&-
}

# page PATH TEXT: a page's text from outside. `held` in the third place: not fetched yet.
page() {
  order "{\"command\":\"page\",\"path\":\"$1\",\"text\":\"$2\",\"fetched\":$([ "${3:-}" = held ] && echo false || echo true)}" >/dev/null
}

release() {
  order "{\"command\":\"release\",\"path\":\"$1\"}" >/dev/null
}

# saved PATH TEXT: what the workspace holds now.
saved() {
  same "text of $1" "$2" "$(order "{\"command\":\"text\",\"path\":\"$1\"}")"
}
