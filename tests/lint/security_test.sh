#!/bin/bash
# Each line of SECURITY.md names its tests, and each is one of ours.
# usage: security_test.sh SOURCE-ROOT BUILD-ROOT
cd "$1" || exit 2
tests=$(meson introspect --tests "$2" | python3 -c 'import json, sys; print("\n".join(t["name"] for t in json.load(sys.stdin)))')
failed=0
lines=0
while IFS= read -r line; do
  lines=$((lines + 1))
  named=$(awk -F'|' '{print $(NF - 1)}' <<<"$line" | grep -oE '`[a-z_]+`' | tr -d '`')
  [ -n "$named" ] || { echo "without a test: $line" >&2; failed=1; }
  for name in $named; do
    grep -qx "$name" <<<"$tests" || { echo "no test is named $name: $line" >&2; failed=1; }
  done
done < <(grep -E '^\| ' SECURITY.md | grep -vE '^\| (they|it) (could|holds) ')
[ "$lines" -ge 20 ] || { echo "only $lines lines were found" >&2; failed=1; }
exit $failed
