#!/bin/bash
# Fifty programs that save at once share their syncs; saves that are owed don't delay the mount.
. "$(dirname "$0")/mounted.sh"
serve
start -o save_delay=10
complete
top="$mount/Lantern Yard Coffee"

cat >"$work/savers.py" <<'EOF'
import os, sys, threading
pages = [os.path.join(d, f) for d, _, files in os.walk(sys.argv[1]) for f in files if f.endswith(".md")][:50]
together = threading.Barrier(len(pages))
wrong = []
def save(path):
    fd = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(fd, b"\nOne more line.\n")
    together.wait()
    try:
        os.fsync(fd)
    except OSError as error:
        wrong.append(error)
    os.close(fd)
threads = [threading.Thread(target=save, args=(page,)) for page in pages]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(pages), len(wrong))
EOF
traced=
if command -v strace >/dev/null; then
  strace -f -c -e trace=fdatasync,msync -o "$work/trace" -p "$daemon" 2>"$work/strace" &
  traced=$!
  until_true 10 grep -q attached "$work/strace" || traced=
fi
same "savers, failures" "50 0" "$(python3 "$work/savers.py" "$top")"
if [ -n "$traced" ]; then
  kill -INT "$traced"
  wait "$traced"
  syncs=$(awk '$NF == "fdatasync" || $NF == "msync" { n += $4 } END { print n + 0 }' "$work/trace")
  echo "50 savers at once, $syncs syncs"
  [ "$syncs" -gt 0 ] && [ "$syncs" -le 30 ] || fail "50 saves took $syncs syncs: $(cat "$work/trace")"
fi
crash

# Owed: none is lost, and the mount is as quick as without.
mounting() {
  local begin
  begin=$(date +%s%N)
  start -o save_delay=10 -o poll=0
  echo $(($(date +%s%N) - begin)) >"$work/mounting"
}
kill -KILL "$server"
mounting
few=$(cat "$work/mounting")
for n in $(seq 400); do
  printf 'Page %s.\n' "$n" >"$top/Archive/Owed $n.md"
done
status_is '.pending == 450' || fail "pending: $(cat "$mount/.notionfs/status")"
crash
mounting
many=$(cat "$work/mounting")
echo "mounting with 50 saves owed $((few / 1000000)) ms, with 450 $((many / 1000000)) ms"
[ "$many" -lt $((few + 3000000000)) ] || fail "450 owed saves delay the mount"
status_is '.pending == 450' || fail "pending: $(cat "$mount/.notionfs/status")"
same "the last one" "Page 400." "$(cat "$top/Archive/Owed 400.md")"
crash
