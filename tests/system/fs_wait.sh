#!/bin/bash
# Waiting: for contents and listings, cut short by signals, and never in anybody's way.
. "$(dirname "$0")/lib.sh"
start
page Here.md 'here\n'
for i in $(seq 50); do page "slow/S$i.md" 'slow\n' held; done
page Other.md 'other\n' held

now_ms() { echo $(($(date +%s%N) / 1000000)); }
# ends_within MILLISECONDS PID
ends_within() {
  local start
  start=$(now_ms)
  until_true 5 not_running "$2" || fail "process $2 does not end"
  local took=$(($(now_ms) - start))
  [ "$took" -le "$1" ] || fail "it took $took ms"
}
not_running() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"; }
# In open(2), or in the stat before: asleep in a FUSE request.
is_waiting() { grep -q request_wait_answer "/proc/$1/wchan" "/proc/$1/stack" 2>/dev/null; }

# Fifty wait; what is here is answered at once.
readers=
for i in $(seq 50); do
  cat "$mount/slow/S$i.md" >"$work/out$i" &
  readers="$readers $!"
done
last=${readers##* }
until_true 10 is_waiting "$last" || fail "nobody waits"
start=$(now_ms)
same "cached" "here" "$(cat "$mount/Here.md")"
took=$(($(now_ms) - start))
echo "a cached cat took $took ms beside 50 waiting ones"
[ "$took" -le 300 ] || fail "the cached cat took $took ms"
for i in $(seq 50); do release "slow/S$i.md"; done
for reader in $readers; do wait "$reader" || fail "a waiting cat failed"; done
same "fifty answers" "50" "$(cat "$work"/out* | grep -c slow)"

# Ctrl-C, kill, kill -9.
for signal in INT TERM KILL; do
  python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("cat", ["cat", sys.argv[1]])' "$mount/Other.md" 2>/dev/null &
  reader=$!
  until_true 10 is_waiting "$reader" || fail "cat does not wait"
  kill -$signal "$reader"
  ends_within 500 "$reader"
  wait "$reader" 2>/dev/null
done

# An interval timer does no harm, and Ctrl-C after it still works.
timer='import os, signal, sys
ticks = 0
def tick(*_):
    global ticks
    ticks += 1
signal.signal(signal.SIGALRM, tick)
signal.siginterrupt(signal.SIGALRM, False)
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
text = open(sys.argv[1]).read()
signal.setitimer(signal.ITIMER_REAL, 0)
sys.stdout.write(text if ticks > 0 else "no ticks")'
python3 -c "$timer" "$mount/Other.md" 2>/dev/null &
reader=$!
until_true 10 is_waiting "$reader" || fail "it does not wait"
kill -INT "$reader"
ends_within 500 "$reader"
python3 -c "$timer" "$mount/Other.md" >"$work/timer" 2>&1 &
reader=$!
until_true 10 is_waiting "$reader" || fail "it does not wait"
has_pending_alarm() { # SIGALRM is bit 13
  local pending
  pending=$(awk '/^(SigPnd|ShdPnd)/ {print $2}' "/proc/$1/status" | tail -1)
  [ $((0x$pending >> 13 & 1)) = 1 ]
}
until_true 5 has_pending_alarm "$reader" || fail "no tick came"
release Other.md
wait "$reader" || fail "the timer's process failed: $(cat "$work/timer")"
same "read under a timer" "other" "$(cat "$work/timer")"

# Truncating needs no content; its size is waited for, then it is exact.
page Cut.md 'long text\n' held
echo short >"$mount/Cut.md"
saved Cut.md short
page Size.md '12345' held
stat -c %s "$mount/Size.md" >"$work/size" &
reader=$!
until_true 10 is_waiting "$reader" || fail "stat does not wait for the size"
release Size.md
wait "$reader"
same "size" 5 "$(cat "$work/size")"

# A listing that does not come is ETIMEDOUT; the mount goes on meanwhile, notices too.
page held/H.md 'held\n'
order '{"command":"folder","path":"held","listed":false}' >/dev/null
ls "$mount/held" >"$work/ls" 2>&1 &
reader=$!
page held/Later.md 'later\n'
page Here.md 'changed meanwhile\n'
until_true 5 grep -q meanwhile "$mount/Here.md" || fail "notices stand still"
wait "$reader" && fail "ls of an unlisted directory"
grep -q "timed out" "$work/ls" || fail "ls says $(cat "$work/ls")"
fails_with "timed out" cat "$mount/held/Unknown.md"
release held
same "listed" "H.md Later.md" "$(ls "$mount/held" | xargs)"

# The end of the mount frees who waits; a command without an answer is no obstacle.
page End.md 'end\n' held
cat "$mount/End.md" 2>"$work/end" &
reader=$!
(order '{"command":"nothing"}' >/dev/null 2>&1) &
until_true 10 is_waiting "$reader" || fail "cat does not wait"
stop
wait "$reader" && fail "cat read something at the end"
grep -q "not connected" "$work/end" || fail "at the end: $(cat "$work/end")"
