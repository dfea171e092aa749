#!/bin/bash
# The README's minute is what the tour prints; only the port, the folder, the new page's id, the
# time of its reading and how many pages are read by then may differ. Its links lead somewhere, and the commands it names exist.
# usage: readme_test.sh BUILD [--update]    --update writes the tour's output into the README
set -u
build=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
readme=$root/README.md
[ -e /dev/fuse ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

same_each_time() {
  sed -E -e 's#127\.0\.0\.1:[0-9]+#127.0.0.1:PORT#g' -e 's#/tmp/notionfs-tour-[^/]*#/home/you#' \
    -e 's#^(id +).*#\1ID#' -e 's#^(url .*-)[0-9a-f]{32}$#\1ID#' -e 's#^(checked_at ).*#\1TIME#' \
    -e 's#[0-9]+ pages known, .*#N pages known#' -e 's#[0-9]+ of [0-9]+ pages#N of N pages#'
}

"$root/tools/demo" --tour "$build" >"$work/tour" || {
  cat "$work/tour"
  exit 1
}
begin='/^<!-- tour/,/^```$/'
if [ "${2-}" = --update ]; then
  sed -i 's#/tmp/notionfs-tour-[^/]*#/home/you#' "$work/tour"
  sed -i -e "$begin{/^<!--/b;/^\`\`\`/b;d}" "$readme"
  sed -i -e "/^<!-- tour/{n;r $work/tour
}" "$readme"
fi
sed -n "$begin{/^<!--/d;/^\`\`\`/d;p}" "$readme" | same_each_time >"$work/written"
same_each_time <"$work/tour" >"$work/printed"
diff -u --label README.md --label 'tools/demo --check' "$work/written" "$work/printed" || {
  echo "the README's tour is old: tests/system/readme_test.sh BUILD --update"
  failed=1
}

for page in README.md CONTRIBUTING.md mapping/README.md tests/README.md tools/README.md; do
  folder=$(dirname "$root/$page")
  while read -r target; do
    [ -e "$folder/$target" ] || {
      echo "$page: there is no $target"
      failed=1
    }
  done < <(sed 's/`[^`]*`//g' "$root/$page" | grep -oE '\]\([^)#:]+\)' | sed -E 's/^\]\(|\)$//g')
done

while read -r command; do
  "$build/notionfs" "$command" --help >/dev/null || {
    echo "README.md: there is no command $command"
    failed=1
  }
done < <(sed -n '/^   *notionfs [a-z]* /s/^ *notionfs \([a-z]*\) .*/\1/p' "$readme" | sort -u)
exit "$failed"
