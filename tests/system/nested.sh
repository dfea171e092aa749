#!/bin/bash
# A list deeper than one request can carry is sent in two and shown once: in Notion and here.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
page="$mount/Lantern Yard Coffee/Archive/Menu 2015.md"
remember
printf '\n1. a\n   1. b\n      1. c\n         1. d\n            1. e\n\n| h | i |\n| --- | --- |\n| 3 | |\n' >>"$page"
cp "$page" "$work/saved.md"
until_true 20 status_is '.pending == 0' || fail "still pending"
same "what was saved is read" "" "$(diff "$work/saved.md" "$page")"
changed "insert numbered_list_item in Menu 2015 after Cake from the corner, until three.: a
insert numbered_list_item in a: b
insert numbered_list_item in b: c
insert numbered_list_item in c: d
insert numbered_list_item in d: e
insert table in Menu 2015 after a: 
insert table_row in : hi
insert table_row in  after hi: 3"
stop
