#!/bin/bash
# Every request of a rich editing session is valid by the official client's types: text and its
# styles, new blocks of every kind that can be made, nested, deleted, moved; properties of every
# kind that can be written; new pages and rows. None is answered with 400.
. "$(dirname "$0")/mounted.sh"
jq '.config.max_file_upload_size_in_bytes = 60000000' "$sample" >"$work/sample.json"
serve --workspace "$work/sample.json" --rate off
start -o poll=0,sweep=off
complete
# Waits for what is owed only: looking around would use up the minute's requests.
synced() {
  local path
  for path in "$@"; do until_true 5 test -e "$path" || fail "no $path"; done
  until_true 150 status_is '.pending == 0' || fail "still pending: $(cat "$mount/.notionfs/status")"
  status_is '.failed == []' || fail "refused: $(cat "$mount/.notionfs/errors")"
}
top="$mount/Lantern Yard Coffee"
all="$top/What a page can hold.md"

# Text and styles of existing blocks.
sed -i 's/Plain, \*\*bold\*\*/Plain, **very bold**, <u>**both**<\/u> and <span color="red">red<\/span>/; s/^- \[ \] Open/- [x] Open/; s/Left, and wider\./Left, <date start="2026-12-24" \/> and `wider`./; s/^### Third/### Third <mention url="https:\/\/www.notion.so\/6a530f21f4f28ea9b0ff75340373e46b">Handbook<\/mention>/' "$all"
synced

# New blocks of every kind, in the middle of a page and at its end.
cat >"$work/blocks.md" <<'MD'
A paragraph with **bold**, *italic*, ~~struck~~, `code`, <u>under</u>, <span color="blue_bg">blue</span>, a [link](https://example.org/a?b=c), $e^x$ and <date start="2026-11-21T09:30:00.000+01:00" end="2026-11-22T10:00:00.000+01:00" />.

<p color="yellow_bg">
Coloured, with a child

Inside.
</p>

<p />

# One

## Two

### Three

#### Four

<h2 color="blue">Blue</h2>

<toggle heading="h2">
Folds

Folded in.
</toggle>

- a bullet
	- nested
		- deeper
			- and deeper

1. one
2. two
	1. below

- [ ] open
- [x] done

<toggle>
A toggle

- inside

<toggle>
A second

In the second.
</toggle>
</toggle>

> A quote
>
> > inside

<callout icon="💡" color="gray_bg">
A callout

With a paragraph.
</callout>

```python {caption="a *caption*"}
print("x")
```

$$
a^2 + b^2
$$

---

| a | b |
| --- | --- |
| 1 | **2** |
| 3 | |

<table header-row="true" header-column="true">
<tr><td>h</td><td>i</td></tr>
<tr><td>j</td><td>k</td></tr>
</table>

<columns>
<column>

Left
</column>
<column>

Right

- with a list
</column>
</columns>

<table-of-contents color="gray" />

<breadcrumb />

![A picture](https://example.org/a.png)

<video source="https://example.org/a.mp4">A film</video>

<audio source="https://example.org/a.mp3"></audio>

<pdf source="https://example.org/a.pdf"></pdf>

<file source="https://example.org/a.zip" name="a.zip"></file>

<bookmark source="https://example.org/">A mark</bookmark>

<embed source="https://example.org/e"></embed>

<link-to-page url="https://www.notion.so/1d54806886698cbaaf49c93205dc11db">Web shop</link-to-page>

<synced-block>

Shown twice.
</synced-block>

<tabs>
<tab icon="🫖">
One tab

Its text.
</tab>
<tab>
Another

Its text.
</tab>
</tabs>

The last of them.
MD
menu="$top/Archive/Menu 2015.md"
{ sed -n 1,2p "$menu"; cat "$work/blocks.md"; echo; sed -n '3,$p' "$menu"; } >"$work/menu.md"
cp "$work/menu.md" "$menu"
synced
same "the blocks read back" "" "$(diff "$work/menu.md" "$menu" | head -5)"
kinds=$(dump | jq -r --arg page "$(id_of "$menu")" '.blocks as $all | [$page | recurse($all[.][]? | select(.in_trash | not) | .id)] as $ids | [.blocks[][] | select(.id as $id | $ids | index($id)) | .type | select(. != "child_page")] | unique | join(" ")')
same "kinds of blocks" "audio bookmark breadcrumb bulleted_list_item callout code column column_list divider embed equation file heading_1 heading_2 heading_3 heading_4 image link_to_page numbered_list_item paragraph pdf quote synced_block tab table table_of_contents table_row to_do toggle video" "$kinds"

# Deeper edits of what was made: cells, a row and a column more, columns, nested items, order.
sed -i 's/^| 1 | \*\*2\*\* |/| 1 | **22** |\n| new | row |/; s/^<tr><td>j<\/td><td>k/<tr><td>jj<\/td><td>kk/; s/^\t\t- deeper/\t\t- much deeper/; s/^Right$/Right side/; s/^In the second\./In the second toggle./; s/^- \[ \] open/- [x] open/; s/"💡" color="gray_bg"/"🔔" color="red_bg"/; s/^print.*/print("y")/; s/^a^2.*/c^2/; s/A mark/A better mark/' "$menu"
synced
sed -i '/^## Two$/,+1d; /^	- nested$/,/^			- and/d; s/^# One$/# Eins/; /^---$/,+1d' "$menu"
synced
# The same blocks as a new page, in one create and what it needs after.
cp "$work/blocks.md" "$top/Archive/Everything.md"
mkdir "$top/Archive/Everything" && echo 'Below it.' >"$top/Archive/Everything/Below.md"
synced
same "the new page reads back" "" "$(diff "$work/blocks.md" "$top/Archive/Everything.md" | head -5)"
# A page too long for one request.
for i in $(seq 250); do printf 'Line %d of the long page.\n\n' "$i"; done | sed '$d' >"$top/Archive/Long.md"
synced
same "its blocks" 250 "$(dump | jq --arg page "$(id_of "$top/Archive/Long.md")" '.blocks[$page] | length')"

# Files of the mount, in blocks, and in a row's properties, icon and cover below; one in parts.
for name in a.png b.pdf c.mp3 d.mp4 e.txt; do head -c 2000 /dev/urandom >"$top/Archive/$name"; done
head -c 21000000 /dev/urandom >"$top/Archive/f.mp4"
printf '![A picture](a.png)\n\n<pdf source="b.pdf"></pdf>\n\n<audio source="c.mp3"></audio>\n\n<video source="d.mp4">A film</video>\n\n<file source="e.txt" name="e.txt"></file>\n\n<video source="f.mp4"></video>\n\n<callout icon="a.png">Shown</callout>\n' >"$top/Archive/Files.md"
synced
head -c 2000 /dev/urandom >"$top/Archive/a.png"
sed -i 's/A picture/Another picture/' "$top/Archive/Files.md"
synced

# Properties.
row="$top/Tasks/Write 400 cards.md"
sed -i 's/^Due: .*/Due: 2026-12-01T09:00+01:00/; s/^Tags: .*/Tags: [urgent, quick]/; s/^Assignee: .*/Assignee: [Samira Haddad]/; s/^Done: .*/Done: true/; s/^Hours: .*/Hours: 1.5/; s/^State: .*/State: Done/; s/^Blocked by:.*/Blocked by: [Swap the bearing]/' "$row"
synced
sed -i 's/^Due: .*/Due:/; s/^Tags: .*/Tags:/; s/^Assignee: .*/Assignee:/; s/^Hours: .*/Hours:/; s/^Project: .*/Project:/' "$row"
synced
project="$top/Projects/The large grinder.md"
sed -i 's/^Area: .*/Area: Shop/; s/^Budget: .*/Budget: 12/; s/^Brief: .*/Brief: Short *and* sweet/; s|^Website: .*|Website: https://example.org/|; s|^Files: .*|Files: [https://example.org/f.pdf, ../Archive/b.pdf]|; s/^Period: .*/Period: {start: 2026-01-01, end: 2026-02-01}/' "$project"
synced
lot="$mount/Lots/Lots/El Mirador 2026.md"
sed -i 's/^Mail: .*/Mail: a@example.org/; s/^Telephone: .*/Telephone: "+49 1"/; s/^Sacks: .*/Sacks: 3/; s/^Origin: .*/Origin: Ethiopia/' "$lot"
synced
sed -i '1a icon: Archive/a.png\ncover: Archive/a.png' "$top/Meetings.md" && sed -i '4,${/^icon: /d}' "$top/Meetings.md"
synced
sed -i '1a icon: 🦉\ncover: https://example.org/c.png' "$top/Handbook.md" && sed -i '0,/^icon: 📖$/{/^icon: 📖$/d}' "$top/Handbook.md"
synced
printf -- '---\nicon: 🎯\nDue: 2026-11-30\nTags: [urgent]\nHours: 2\nState: In progress\nProject: [Winter blend 2026]\n---\n\nA row.\n\n- [ ] With a list\n' >"$top/Tasks/Fresh.md"
synced

same "refused requests" "" "$(requests | jq -c '.[] | select(.status >= 400) | [.seq, .method, .path, .status]' | head -3)"
echo "$(count_requests true) requests, $(count_requests "$is_write") of them writes"
# The writes of each kind there is.
same "kinds of writes" "DELETE blocks
PATCH blocks
PATCH children
PATCH pages
POST complete
POST file_uploads
POST pages
POST send" "$(requests | jq -r ".[] | select($is_write) | .method + \" \" + (.path | if test(\"children|send$|complete$\") then split(\"/\")[-1] else split(\"/\")[2] end)" | sort -u)"
"$here/validate_requests.sh" "$url"
status=$?
stop
exit $status
