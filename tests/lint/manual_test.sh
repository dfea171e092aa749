#!/bin/bash
# The manual pages name every command, option and variable that the program knows, and groff, where it
# is installed, has nothing to say about them. usage: manual_test.sh PATH-OF-NOTIONFS ROOT
set -u
notionfs=$1
man=$2/tools/man
bad=0

# names PAGE WORD: the page has it, with the hyphens of troff.
names() {
  tr -d '\\' <"$man/$1" | grep -qF -- "$2" || {
    echo "$1 does not name $2"
    bad=1
  }
}

for command in $("$notionfs" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p'); do
  names notionfs.1 "$command"
  case $command in render | parse | diff) continue ;; esac
  for option in $("$notionfs" "$command" --help | grep -oE -- '--[a-z-]+' | sort -u); do
    names notionfs.1 "$option"
  done
done
for option in $("$notionfs" mount --help | grep -oE '(^|[ ,])[a-z_]{2,}=' | tr -d ' ,' | sort -u) \
  eager ro create_options allow_other; do
  names notionfs.5 "$option"
done
if command -v groff >/dev/null; then
  for page in notionfs.1 notionfs.5; do
    said=$(groff -man -Tutf8 -ww -z "$man/$page" 2>&1)
    [ -z "$said" ] || { echo "$said"; bad=1; }
  done
fi
exit $bad
