#!/bin/bash
# How many messages a second look costs: none for names and attributes, an OPEN and a RELEASE for
# each file read.
. "$(dirname "$0")/lib.sh"

# messages TIMES COMMAND…: of a mount with 500 pages in which the command ran so often.
messages() {
  local times=$1
  shift
  start
  order '{"command":"many","path":"many","count":500}' >/dev/null
  until_true 10 test -e "$mount/many/p00499.md" || fail "500 pages"
  for _ in $(seq "$times"); do "$@" >/dev/null; done
  stop
  grep -o '^[0-9]*' "$work/log" | tail -1
}

# costs AT_MOST COMMAND…: each time after the first.
costs() {
  local most=$1 once
  shift
  once=$(messages 1 "$@")
  local each=$((($(messages 5 "$@") - once) / 4))
  echo "$* again: $each messages"
  [ "$each" -le "$most" ] || fail "$* costs $each messages again"
}

costs 2 find "$mount"
costs 2 ls -lR "$mount"
costs 1005 sh -c "cat $mount/many/*.md"
