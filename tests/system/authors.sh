#!/bin/bash
# A save is based on what its author saw: a program that reads in one thread and saves in another is
# one author, and a file that is renamed over a page holds what was seen when its first byte was
# written, not when it was made. Somebody else's paragraph survives each time, once.
. "$(dirname "$0")/dances.sh"
ready
page=$there/$file
add() { # TEXT: somebody else adds a paragraph, and it is here
  post edit "$(jq -n --arg id "$id" --arg text "$1" '{as: "app", op: "insert", id: $id,
    block: {type: "paragraph", paragraph: {rich_text: [{type: "text", text: {content: $text}}]}}}')" >/dev/null &&
    post clock '{"advance_s": 70}' >/dev/null && synced && until_true 10 grep -q "$1" "$page" || fail "add"
}
# both WHAT LINE…: each line is once in the page, and in Notion the page is the file.
both() {
  local what=$1 line
  shift
  synced
  for line; do same "$what: $line" 1 "$(grep -c "$line" "$page")"; done
  for line; do same "$what, in Notion: $line" 1 "$(dump | grep -o "plain_text\": *\"[^\"]*$line" | wc -l)"; done
}
export page
export -f add post synced until_true fail
export url notionfs mount id work
post clock '{"advance_s": 70}' >/dev/null && synced

python3 - "$page" <<'PY' || fail "the threads"
import os, subprocess, sys, threading
page, text = sys.argv[1], []
def run(*steps):
    thread = threading.Thread(target=lambda: [step() for step in steps])
    thread.start()
    thread.join()
def save():
    with open(page, "w") as file:
        file.write(text[0].replace("inner 0", "inner of a thread"))
run(lambda: text.append(open(page).read()))
subprocess.run(["bash", "-c", "add 'Added by Ann.'; cat \"$page\""], check=True,
               stdout=subprocess.DEVNULL)
run(save)
PY
both "threads" "Added by Ann." "inner of a thread"

# Somebody looks; Bob adds; a script opens its output, reads the page, writes, and renames.
cat "$page" >"$work/seen"
exec 3>"$there/.new"
add 'Added by Bob.'
cat "$page" >"$work/text"
sed 's/inner of.*/inner of a script/' "$work/text" >&3
exec 3>&-
mv "$there/.new" "$page"
both "a file made early" "Added by Ann." "Added by Bob." "inner of a script"

# It reads and writes, then Eve adds and somebody looks, then it renames.
sed 's/inner of.*/inner of a slow script/' "$page" >"$there/.new"
add 'Added by Eve.'
cat "$page" >"$work/seen"
mv "$there/.new" "$page"
both "a file renamed late" "Added by Bob." "Added by Eve." "inner of a slow script"
stop
