# Sourced by lib.sh and mounted.sh, which define fail: what a test expects, in words.

# until_true SECONDS COMMAND…: polls, with a deadline.
until_true() {
  local deadline=$(($(date +%s%N) + $1 * 1000000000))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s%N)" -lt "$deadline" ] || return 1
    read -rt 0.02 <> <(:) || true
  done
}

# same WHAT EXPECTED ACTUAL
same() {
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# fails_with MESSAGE COMMAND…
fails_with() {
  local message=$1 said
  shift
  said=$("$@" 2>&1) && fail "$* should have failed with $message"
  case $said in
  *"$message"*) ;;
  *) fail "$*: expected $message, got: $said" ;;
  esac
}
