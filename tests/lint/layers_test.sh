#!/bin/sh
# The layer check is able to fail: each planted offence is found, a clean tree passes.
set -u
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/mapping/base" "$work/cache/remote" "$work/fs" "$work/tools/sim"
if ! "$root/tools/check-layers" "$work" >/dev/null; then
  echo 'a clean tree was refused'
  exit 1
fi
failed=0
plant() {
  echo "#include $2" >"$work/$1"
  if "$root/tools/check-layers" "$work" >/dev/null; then
    echo "not found: $1 including $2"
    failed=1
  fi
  rm "$work/$1"
}
plant mapping/base/x.c '"mapping/block.h"'
plant mapping/x.c '"cache/store.h"'
plant mapping/x.c '<pthread.h>'
plant mapping/x.c '"mapping/base/clock.h"'
plant cache/x.c '"fs/ops.h"'
plant cache/remote/x.c '"cache/store.h"'
plant fs/x.c '"mapping/render.h"'
plant tools/sim/x.c '"mapping/json.h"'
plant tools/sim/x.c '"mapping/block.h"'
plant cache/x.c '<fuse_lowlevel.h>'
plant cache/workspace.c '<lmdb.h>'
plant cache/x.c '<curl/curl.h>'
exit $failed
