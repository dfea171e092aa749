#!/bin/bash
# Ordinary programs in a mount of a generated workspace: every page is there and reads as the
# server has it; one sed -i over forty files is forty updated blocks and nothing else.
. "$(dirname "$0")/mounted.sh"
serve --generate pages=60,rows=30,blocks=8,seed=7 --rate off
start
complete
cd "$mount" || fail "cd"
same "pages by find" 90 "$(find . -name '*.md' | wc -l)"
same "by ls -R" 90 "$(ls -R | grep -c '\.md$')"
same "lines" "$(find . -name '*.md' -exec cat {} + | wc -l)" "$(find . -name '*.md' -print0 | xargs -0 wc -l | tail -1 | awk '{print $1}')"

# Every paragraph of the server is a line of a file, once.
dump | jq -r '.blocks[][] | select(.type == "paragraph") | .paragraph.rich_text[].plain_text' | sort >"$work/theirs"
grep -rhE '^[A-Z][^#>-]*\.$' . | sort >"$work/here"
same "paragraphs" "" "$(comm -23 "$work/theirs" "$work/here" | head -3)"

# One word in many files.
word=falcon
expected=$(dump | jq -r ".blocks[][] | select(.[.type].rich_text // [] | map(.plain_text) | join(\"\") | test(\"\\\\b$word\\\\b\")) | .id" | wc -l)
[ "$expected" -gt 20 ] || fail "only $expected blocks with the word"
remember
grep -rlZw $word . | xargs -0 sed -i "s/\\b$word\\b/eagle/g"
synced
changes >"$work/changes"
same "updates" "$expected" "$(grep -c '^update .*falcon.* -> .*eagle' "$work/changes")"
same "other changes" 0 "$(grep -vc '^update' "$work/changes")"
same "left" "" "$(grep -rlw $word .)"
cd /
stop
