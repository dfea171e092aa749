#!/bin/sh
# The filters render and parse through their command line: what comes out, and what is refused.
# filters_test.sh FILTER
set -eu
filter=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cases=0
failed=0

# same NAME EXPECTED ACTUAL
same() {
  cases=$((cases + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $cases - $1"
  else
    failed=1
    echo "not ok $cases - $1"
    printf 'expected:\n%s\nactual:\n%s\n' "$2" "$3" | sed 's/^/# /'
  fi
}

cat >"$dir/blocks.json" <<'END'
{"results": [
 {"type": "paragraph", "id": "11111111-1111-4111-8111-111111111111", "has_children": true,
  "paragraph": {"rich_text": [{"type": "text", "text": {"content": "outer"}}], "color": "red"},
  "children": [{"type": "divider", "divider": {}}]},
 {"type": "image", "id": "22222222-2222-4222-8222-222222222222",
  "image": {"type": "file", "caption": [],
   "file": {"url": "https://example.com/a.png?sign=1", "expiry_time": "2026-01-01T00:00:00.000Z"}}},
 {"type": "unsupported", "id": "33333333-3333-4333-8333-333333333333",
  "unsupported": {"block_type": "button"}},
 {"type": "link_to_page", "link_to_page": {"type": "page_id",
  "page_id": "44444444-4444-4444-8444-444444444444"}},
 {"type": "numbered_list_item",
  "numbered_list_item": {"rich_text": [], "list_start_index": 3}}]}
END
cat >"$dir/names.json" <<'END'
{"22222222-2222-4222-8222-222222222222": {"asset": ".assets/a.png"},
 "44444444-4444-4444-8444-444444444444": "Home"}
END

same 'a list answer is rendered, URLs without their signature' \
'<p color="red">
outer

---
</p>

<image source="https://example.com/a.png" type="file"></image>

<unknown alt="button" />

<link-to-page url="https://www.notion.so/44444444444444448444444444444444" />

<ol start="3">
<li></li>
</ol>' "$($filter render "$dir/blocks.json")"

$filter render --names "$dir/names.json" "$dir/blocks.json" >"$dir/page.md"
same 'names give files a path and pages a title' \
'![](.assets/a.png)
<link-to-page url="https://www.notion.so/44444444444444448444444444444444">Home</link-to-page>' \
"$(grep -E 'assets|link-to' "$dir/page.md")"

same 'the base gives back what the text can not carry' \
'33333333-3333-4333-8333-333333333333
22222222-2222-4222-8222-222222222222
2026-01-01T00:00:00.000Z' \
"$($filter parse --base "$dir/blocks.json" --names "$dir/names.json" "$dir/page.md" |
  grep -oE "[23]{8}-[-0-9]*|2026[^\"]*" | LC_ALL=C sort -r)"

same 'a hosted file comes back with its URL' 'https://example.com/a.png' \
"$($filter parse --base "$dir/blocks.json" --names "$dir/names.json" "$dir/page.md" |
  sed -n 's/.*"url": "\(https:[^?"]*\).*/\1/p')"

same 'what is only read is printed all the same' '    "list_start_index": 3' \
"$($filter parse "$dir/page.md" | grep list_start_index | sed 's/^ */    /;s/,$//')"

same 'with --create it is an error with its line' \
"7:1: Notion's API can't create a file that is not uploaded, remove it
9:1: Notion's API can't create this block, remove it
14:1: Notion's API can't create a list's start or format, remove it" \
"$($filter parse --create "$dir/page.md" 2>&1 || true)"

printf 'one\n\n<toggle>\nnever closed\n' >"$dir/wrong.md"
same 'an error goes to standard error, with exit code 1' \
'3:1: <toggle> is not closed, put </toggle> on a line of its own behind its content
1' "$($filter parse "$dir/wrong.md" 2>&1 || echo $?)"

cat >"$dir/schema.json" <<'END'
{"object": "data_source", "properties": {
 "Name": {"id": "title", "name": "Name", "type": "title", "title": {}},
 "Done": {"id": "x", "name": "Done", "type": "checkbox", "checkbox": {}}}}
END
printf -- '---\nDone: true\n---\n\ntext\n' >"$dir/row.md"
same 'a schema turns the head into properties' '["children","properties"] true' \
"$($filter parse --schema "$dir/schema.json" "$dir/row.md" |
  python3 -c 'import json, sys
page = json.load(sys.stdin)
print(json.dumps(sorted(page), separators=(",", ":")), json.dumps(page["properties"]["Done"]["checkbox"]))')"

same 'without a schema a head is not dropped in silence' \
'2:1: warning: the properties are not read, give --schema to have them printed
paragraph' "$($filter parse "$dir/row.md" 2>&1 | sed -n 's/^.*"type": "\(paragraph\)".*/\1/p;/warning/p')"
printf -- '---\nwords\n---\ntext\n' >"$dir/dividers.md"
same 'text between two dividers is no head' \
'2:1: the head is no list of properties, write `key: value` on each line
1' "$($filter parse "$dir/dividers.md" 2>&1 || echo $?)"
printf -- '---\n---\n\n---\n' >"$dir/divider.md"
same 'an empty head says nothing' 'divider' \
"$($filter parse "$dir/divider.md" 2>&1 | sed -n 's/^.*"type": "\(.*\)".*/\1/p;/warning/p')"
$filter parse "$dir/row.md" 2>"$dir/null" |
  python3 -c 'import json, sys
blocks = json.load(sys.stdin)
blocks[0]["id"] = "11111111-1111-4111-8111-111111111111"
json.dump(blocks, sys.stdout)' >"$dir/row.json"
same 'a comparison of blocks says that it reads no head' \
'2:1: warning: the properties are not read, only blocks are compared' \
"$($filter diff --page 22222222222242228222222222222222 "$dir/row.json" "$dir/row.md" 2>&1)"

cat >"$dir/mention.json" <<'END'
[{"type": "paragraph", "paragraph": {"rich_text": [{"type": "mention", "mention": {"type": "user",
 "user": {"id": "11111111-1111-4111-8111-111111111111"}}, "plain_text": "@Ada"}]}}]
END
same 'a label is shown again, but not sent' \
'<mention url="user://11111111-1111-4111-8111-111111111111">Ada</mention>
0' "$($filter render "$dir/mention.json" | $filter parse | $filter render
$filter render "$dir/mention.json" | $filter parse --create | grep -c plain_text)"

cat >"$dir/large.json" <<'END'
{"id": "11111111-1111-4111-8111-111111111111", "properties": {
 "Nr": {"type": "number", "number": 12345678901234567000}, "M": {"type": "number", "number": 12},
 "K": {"type": "unique_id", "unique_id": {"prefix": null, "number": 7}}}}
END
same 'a whole number beyond 64 bits makes no page unreadable' 'Nr: 1.2345678901234567e19
M: 12
K: 7' "$(echo '[]' | $filter render --page "$dir/large.json" | grep -E '^(Nr|M|K)')"

same 'the wrong file is not taken for an empty one' \
"$dir/blocks.json: not a page
$dir/row.json: not a data source
$dir/row.json: not an object of ids and names" \
"$($filter render --page "$dir/blocks.json" "$dir/blocks.json" 2>&1 || true
$filter parse --schema "$dir/row.json" "$dir/row.md" 2>&1 || true
$filter render --names "$dir/row.json" "$dir/blocks.json" 2>&1 || true)"

same 'standard input is read when no file is named' '# x' \
"$(printf '# x\n' | $filter parse | $filter render)"
same 'wrong usage is exit code 2' 2 "$($filter parse --page x 2>/dev/null || echo $?)"

echo "1..$cases"
exit $failed
