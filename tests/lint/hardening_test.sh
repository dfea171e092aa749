#!/bin/bash
# The flags that make an attack harder are in the program. usage: hardening_test.sh NOTIONFS
program=$1
failed=0
has() { # WHAT PATTERN TEXT
  grep -qE "$2" <<<"$3" || {
    echo "missing: $1" >&2
    failed=1
  }
}
headers=$(readelf -Whl "$program")
dynamic=$(readelf -Wd "$program")
symbols=$(readelf -Ws "$program")
has "position independent" 'Type: +DYN' "$headers"
has "read-only relocations" 'GNU_RELRO' "$headers"
has "bound at the start" 'BIND_NOW|FLAGS.*NOW' "$dynamic"
has "stack protector" '__stack_chk_fail' "$symbols"
has "fortified" '__(vsn|sn|f|v?as)printf_chk|__memcpy_chk' "$symbols"
grep -qE 'GNU_STACK.* RWE' <<<"$headers" && { echo "the stack can be executed" >&2; failed=1; }
exit $failed
