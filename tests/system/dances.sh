# Sourced by the tests of save dances: what a program does to a file when it saves is done to a page,
# and to a copy of it on an ordinary file system, by the same commands; see `dance`.
. "$(dirname "${BASH_SOURCE[0]}")/mounted.sh"

# needs PROGRAM…: a skip where one is missing; tools/deps has them all.
needs() {
  local program
  for program; do
    command -v "$program" >/dev/null || {
      echo "$program is not installed: tools/deps"
      exit 77
    }
  done
}

# ready [OPTION…]: mounts, with a directory `there` that holds Page.md alone. The page has twins next
# to one another and blocks in blocks.
ready() {
  # One page of the sample, empty: there is little to compare after each dance.
  jq '(.pages | map(select(.parent.type == "workspace"))[0] |
      .properties.title.title[0] *= {plain_text: "Home", text: {content: "Home"}}) as $home |
    .pages = [$home] | .roots = [$home.id] | .databases = [] | .data_sources = [] | .blocks = {} |
    .comments = [] | .files = {}' "$sample" >"$work/small.json" || fail "jq"
  serve --workspace "$work/small.json" --rate off
  export NOTIONFS_TEST_CLOCK=$url
  start -o poll=30,sweep=off "$@"
  there="$mount/Home/Dances"
  file=Page.md
  turn=0
  echo true >"$work/somebody" && chmod +x "$work/somebody"
  { mkdir -p "$mount/Home" && echo "A directory." >"$there.md" && synced && mkdir "$there"; } ||
    fail "no directory"
  cat >"$there/$file" <<'TEXT'
# Dances

The same line.

The same line.

The same line.

- outer
  - twin
  - twin
  - inner 0
  - twin
- outer
  - twin

## Middle

```c
int main(void);
```

- [ ] to do

| a | b |
| --- | --- |
| 1 | 2 |

The same line.

The last line.
TEXT
  synced
  coproc judge { exec python3 "$here/dance_judge.py" "$notionfs" "$url"; }
  exec 7>&"${judge[1]}" 8<&"${judge[0]}" # a co-process's own are closed in $(…)
  id=$(id_of "$there/$file")
  inode=$(stat -c %i "$there/$file")
}

# edited N: what N edits make of the text on stdin: a block in a block is updated, and a line comes
# or goes between twins.
edited() {
  sed -e "s/^  - inner .*/  - inner $1/" -e "/^The [a-z]* of [0-9]*\.\$/,+1d" \
    -e "$((${1} % 2 ? 6 : 8))a The edit of $1.\n"
}

# judge WORD…: asks the judge; prints how many writes there were, or what is wrong.
judge() {
  local line said=
  (IFS=$'\t' && printf '%s\n' "$*" >&7)
  while IFS= read -r -t 60 line <&8; do
    case $line in
    ok\ *) echo "${line#ok }" && return 0 ;;
    bad) break ;;
    esac
    said+=$line$'\n'
  done
  echo "${said:-no judge}"
  return 1
}

# dance WHAT COMMAND…: runs the command in a directory with Page.md in it: first in a copy on an
# ordinary file system, then in the mount. What it makes there has to be the same: the text, and what
# it leaves beside it. The page's id and st_ino stay, the server is asked for exactly what `notionfs
# diff` says (dance_judge.py), and nothing is left to be sent.
dance() {
  local what=$1 said
  shift
  turn=$((turn + 1))
  plain=$work/plain$turn
  cp -a "$there" "$plain" || fail "$what: copy"
  said=$(judge before) || fail "judge: $said"
  (cd "$plain" && "$@") >"$work/said" 2>&1 || fail "$what, on a plain file system: $(cat "$work/said")"
  (cd "$there" && "$@") >"$work/said" 2>&1 || fail "$what: $(cat "$work/said")"
  cmp "$plain/$file" "$there/$file" || fail "$what: the text: $(diff "$plain/$file" "$there/$file")"
  settled "$what"
  said=$(judge after "$id" "$plain/$file") || fail "$what: $said"
  [ "$said" -gt 0 ] || [ "${changes_nothing:-}" = yes ] || fail "$what changed nothing"
  echo "$what: $said writes"
  danced=$((${danced:-0} + 1))
}

settled() { # WHAT
  same "$1: what lies there" "$(ls -A "$plain")" "$(ls -A "$there")"
  synced
  same "$1: id and state" "$id synced" \
    "$(timeout 20 "$notionfs" info --json "$there/$file" | jq -r '"\(.id) \(.state)"')"
  same "$1: st_ino" "$inode" "$(stat -c %i "$there/$file")"
}

# The same with somebody else: the command runs `$work/somebody` after it has read the page and before
# it saves. In a plain dance that does nothing; here it changes the last line in Notion, and with
# `seen` the mount hears of it before the save. Both survive.
dance_with_somebody() { # seen|unseen WHAT COMMAND…
  local seen=$1 what="$2, with somebody else ($1)" said block old=${last:-The last line.}
  shift 2
  turn=$((turn + 1))
  plain=$work/plain$turn
  last="The last line, said $turn."
  cp -a "$there" "$plain" || fail "$what: copy"
  said=$(judge before) || fail "judge: $said"
  block=$(dump | jq -r --arg page "$id" --arg text "$old" '.blocks[$page][] |
    select(.in_trash | not) | select(.paragraph.rich_text[0].plain_text == $text) | .id')
  [ -n "$block" ] || fail "$what: no last line"
  (cd "$plain" && "$@") >"$work/said" 2>&1 || fail "$what, on a plain file system: $(cat "$work/said")"
  {
    echo "#!/bin/bash"
    printf '%q ' curl -sSf -m 20 -X POST -H 'Content-Type: application/json' -d \
      "$(jq -n --arg id "$block" --arg text "$last" '{as: "app", op: "update", id: $id,
        block: {paragraph: {rich_text: [{type: "text", text: {content: $text}}]}}}')" "$url/_sim/edit"
    echo
    if [ "$seen" = seen ]; then
      printf '%q ' curl -sSf -m 20 -X POST -d '{"advance_s": 70}' "$url/_sim/clock"
      printf '&& %q sync %q\n' "$notionfs" "$mount"
    fi
  } >"$work/somebody"
  (cd "$there" && "$@") >"$work/said" 2>&1 || fail "$what: $(cat "$work/said")"
  echo true >"$work/somebody"
  synced
  post clock '{"advance_s": 70}' >/dev/null || fail "clock"
  synced
  until_true 20 grep -q "$last" "$there/$file" || fail "$what: theirs is not here"
  said=$(judge after "$id" "$plain/$file" "$old" "$last") || fail "$what: $said"
  same "$what: what the file says otherwise" 0 "$(judge shows "$id" "$there/$file")"
  settled "$what"
  [ "$said" -gt 0 ] || fail "$what changed nothing"
  echo "$what: $said writes"
  danced=$((danced + 1))
}

# finished: long after, nothing is trashed, nothing comes.
finished() {
  local said
  said=$(judge before) || fail "judge: $said"
  post clock '{"advance_s": 120}' >/dev/null || fail "clock"
  synced
  same "pending" 0 "$(jq .pending "$mount/.notionfs/status.json")"
  said=$(judge after "$id" "$there/$file") || fail "long after: $said"
  same "writes long after" 0 "$said"
  echo "$danced dances"
  stop
}
