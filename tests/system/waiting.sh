#!/bin/bash
# While 50 uncached pages wait on a server that holds its answers: a cached cat answers at once, a
# save is taken, Ctrl-C and kill -9 free a waiting cat within 0.5 s, and an interval timer of 10 ms
# does a waiting read no harm. Released, all 50 are read.
. "$(dirname "$0")/mounted.sh"
serve --generate pages=12,rows=60,blocks=8,seed=7 --rate off

now_ms() { echo $(($(date +%s%N) / 1000000)); }
not_running() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"; }
ends_within() {
  local start took
  start=$(now_ms)
  until_true 5 not_running "$2" || fail "process $2 does not end"
  took=$(($(now_ms) - start))
  [ "$took" -le "$1" ] || fail "process $2 ended after $took ms"
  echo "a waiting process ended after $took ms"
}
is_waiting() { grep -q request_wait_answer "/proc/$1/wchan" "/proc/$1/stack" 2>/dev/null; }
answers_within() { # MILLISECONDS WHAT COMMAND…
  local limit=$1 what=$2 start took
  shift 2
  start=$(now_ms)
  timeout 10 "$@" >/dev/null || fail "$what"
  took=$(($(now_ms) - start))
  [ "$took" -le "$limit" ] || fail "$what took $took ms"
  echo "$what took $took ms beside those who wait"
}

# The contents of the rows are held from the start.
rows=$(dump | jq -r '[.pages[] | select(.parent.type == "data_source_id") | .id] | join("|")')
post faults "{\"faults\":[{\"match\":{\"method\":\"GET\",\"path\":\"^/v1/blocks/($rows)\"},\"do\":\"hold\"}]}" >/dev/null ||
  fail "faults"
start -o poll=0,sweep=off,stat=estimate
root="$mount/Amber anchor account"
timeout 20 ls "$root" "$root/Orders" >/dev/null || fail "ls"
cached="$mount/Amber anchor account.md"
timeout 20 cat "$cached" >"$work/cached" || fail "cat"
find "$root/Orders" -name '*.md' >"$work/pages"
same "rows" 60 "$(wc -l <"$work/pages")"

readers=
mapfile -t pages <"$work/pages"
for i in $(seq 50); do
  cat "${pages[i]}" >"$work/out$i" 2>"$work/err$i" &
  readers="$readers $!"
done
all_wait() { for reader in $readers; do is_waiting "$reader" || return 1; done; }
until_true 10 all_wait || fail "not all wait"

answers_within 300 "a cached cat" cat "$cached"
same "its text" "" "$(diff "$work/cached" "$cached")"
answers_within 300 "ls" ls "$root"
answers_within 300 "status" "$notionfs" status "$mount"
save() { printf '\nSaved while others wait.\n' >>"$cached"; }
started=$(now_ms)
save || fail "a save"
[ $(($(now_ms) - started)) -le 300 ] || fail "a save took $(($(now_ms) - started)) ms"

# Ctrl-C, kill -9.
for signal in INT KILL; do
  python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("cat", ["cat", sys.argv[1]])' "${pages[55]}" 2>/dev/null &
  reader=$!
  until_true 10 is_waiting "$reader" || fail "cat does not wait"
  kill -$signal "$reader"
  ends_within 500 "$reader"
  wait "$reader" 2>/dev/null
done

# A timer that ticks all the while.
python3 -c 'import signal, sys
ticks = 0
def tick(*_):
    global ticks
    ticks += 1
signal.signal(signal.SIGALRM, tick)
signal.siginterrupt(signal.SIGALRM, False)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
text = open(sys.argv[1]).read()
signal.setitimer(signal.ITIMER_REAL, 0)
sys.stdout.write(text if ticks > 0 else "no ticks")' "${pages[56]}" >"$work/timer" 2>&1 &
ticking=$!
until_true 10 is_waiting "$ticking" || fail "the process with the timer does not wait"
before=$(count_requests '.path | test("/blocks/")')
answers_within 300 "a cached cat" cat "$cached"
has_pending_alarm() { # SIGALRM is bit 13
  local pending
  pending=$(awk '/^(SigPnd|ShdPnd)/ {print $2}' "/proc/$1/status" | tail -1)
  [ $((0x$pending >> 13 & 1)) = 1 ]
}
until_true 5 has_pending_alarm "$ticking" || fail "no tick came"
same "requests sent meanwhile" "$before" "$(count_requests '.path | test("/blocks/")')"

curl -sSf -m 10 -X DELETE "$url/_sim/faults" >/dev/null
post release '{}' >/dev/null
for reader in $readers $ticking; do
  until_true 20 not_running "$reader" || fail "a cat still waits"
  wait "$reader" || fail "a cat failed: $(cat "$work"/err*)"
done
for i in $(seq 50); do
  same "text of ${pages[i]}" "$(cat "${pages[i]}")" "$(cat "$work/out$i")"
  [ -s "$work/out$i" ] || fail "${pages[i]} is empty"
done
same "read under a timer" "$(cat "${pages[56]}")" "$(cat "$work/timer")"
synced
stop
