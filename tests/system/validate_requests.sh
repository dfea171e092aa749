#!/bin/sh
# Judges every request a running notion-sim has recorded by the official client's types.
# usage: validate_requests.sh URL; URL as in "notion-sim: listening on URL".
# 0 all valid; 1 some are not, each named; 77 can't be told (no node, or npm ci was not run).
set -u
url=${1:?usage: validate_requests.sh URL}
sdk=$(dirname "$0")/../sdk
if ! command -v node >/dev/null || [ ! -d "$sdk/node_modules/typescript" ]; then
  echo 'validate_requests: no node, or npm ci was not run in tests/sdk'
  exit 77
fi
requests=$(mktemp)
trap 'rm -f "$requests"' EXIT
curl -sSf "$url/_sim/requests" >"$requests" || exit 1
node "$sdk/validate.mjs" "$requests"
