# What the scripts in tests/ and .ci/ share. Sourced, not run.
# shellcheck shell=bash

# The oldest PostgreSQL that Pegel works with.
readonly oldest_postgres=14

# say LINE...: lines for whoever watches; standard output belongs to the tests.
say() {
  printf '%s\n' "$@" >&2
}

# fail LINE...: says what is wrong and ends the script.
fail() {
  say "error: $1" "${@:2}"
  exit 1
}

# has COMMAND: whether the command can be called.
has() {
  command -v "$1" >/dev/null 2>&1
}

# cache_dir: the folder for what is kept between runs, outside the checkout.
cache_dir() {
  local base=${XDG_CACHE_HOME:-${HOME:?needed to find a folder for the build; set it, or XDG_CACHE_HOME}/.cache}
  printf '%s\n' "$base/pegel"
}

# mail_tools: the folder of what mails are checked with.
mail_tools() {
  printf '%s\n' "$(cache_dir)/mail-clients"
}

# use_cargo: makes `cargo` callable, and lets it build into one folder whichever clone it is called from.
use_cargo() {
  # rustup writes its folder into the profile, which a shell opened before has not read.
  has cargo || PATH=$PATH:${CARGO_HOME:-${HOME:-}/.cargo}/bin
  has cargo || fail "cargo is missing. Install Rust as https://rustup.rs says; the version is in rust-toolchain.toml."
  if [[ -z ${CARGO_TARGET_DIR:-} ]]; then
    CARGO_TARGET_DIR=$(cache_dir)/target
  fi
  export PATH CARGO_TARGET_DIR
  build_own_anew
}

# build_own_anew: lets go of what another clone built of the workspace into the same folder: its paths are in it, and
# cargo takes it for this one's where files are no newer. What all depend on stays.
build_own_anew() {
  local stamp=$CARGO_TARGET_DIR/clone
  if [[ -d $CARGO_TARGET_DIR && $(cat "$stamp" 2>/dev/null) != "$PWD" ]]; then
    say "Another clone built into $CARGO_TARGET_DIR last: what it built of the workspace is removed."
    cargo clean --quiet --workspace
  fi
  mkdir -p "$CARGO_TARGET_DIR"
  printf '%s\n' "$PWD" >"$stamp"
}

# find_postgres: prints the folder of the PostgreSQL server programs, that in PATH first, then the newest; fails
# where none is new enough. Debian keeps them out of PATH, one folder per version.
find_postgres() {
  local bin
  while read -r bin; do
    if [[ -x $bin/postgres && -x $bin/pg_ctl ]] && (($(postgres_version "$bin") >= oldest_postgres)); then
      printf '%s\n' "$bin"
      return
    fi
  done < <(postgres_candidates)
  return 1
}

# postgres_candidates: prints the folders that hold an initdb, best first. A link is followed, since initdb looks
# for its companions beside itself.
postgres_candidates() {
  if has initdb; then
    dirname "$(readlink -f "$(command -v initdb)")"
  fi
  find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort --version-sort --reverse
}

# postgres_version BIN: the major version of the server in that folder, 0 if it does not say.
postgres_version() {
  local text
  text=$("$1/initdb" --version 2>/dev/null) || true
  if [[ $text =~ \)\ ([0-9]+) ]]; then
    printf '%s\n' "${BASH_REMATCH[1]}"
  else
    printf '0\n'
  fi
}

# find_chromium: prints the path of a Chromium-like browser; fails where there is none.
find_chromium() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}
