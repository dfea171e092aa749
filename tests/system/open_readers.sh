#!/bin/bash
# Who has a page open for reading goes on with the text that he opened, whole, when the page is saved
# by a new file under its name: not with the new text cut at the old length, nor with NULs.
. "$(dirname "$0")/mounted.sh"
serve
start -o poll=0,sweep=off
complete
page="$mount/Lantern Yard Coffee/Archive/Menu 2015.md"
forget() { dd if="$page" iflag=nocache count=0 status=none; } # what the kernel has of its bytes
old=$(cat "$page")
for new in "$old"$'\n\nLonger by a line.' "Short."; do
  forget
  exec 8<"$page"
  mv "$page" "$page~"
  printf '%s\n' "$new" >"$page"
  same "the opened text" "$old" "$(cat <&8)"
  same "the new text" "$new" "$(cat "$page")"
  same "the old one, aside" "$old" "$(cat "$page~")"
  rm "$page~"
  exec 8<&-
  same "read again" "$new" "$(cat "$page")"
  old=$new
done
# rm and a new file: the same.
forget
exec 8<"$page"
rm "$page"
printf 'Anew, and longer than what was there.\n' >"$page"
same "the removed text" "$old" "$(cat <&8)"
same "the new text" "Anew, and longer than what was there." "$(cat "$page")"
exec 8<&-
synced
stop
