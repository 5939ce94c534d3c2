#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program itself: a picture without a display, a window on a virtual one, a message where there is none.
# Usage: program_test.sh CASE BIN_FOLDER WORK_FOLDER
set -euo pipefail
bin=$2 work=$3/gui-program-$1
rm -rf "$work"
mkdir -p "$work"
chmod 700 "$work"  # Qt wants it so of XDG_RUNTIME_DIR
export XDG_RUNTIME_DIR=$work XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache LC_ALL=C.UTF-8
unset DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM
run=$work/stp.braid
"$bin/braid" schedule stp --stages 4 --microbatches 12 --play --out "$run" >/dev/null

fail() { echo "$*" >&2; exit 1; }
expect_exit() {  # CODE COMMAND...: its stderr is one line
  local code=$1 got=0
  shift
  "$@" 2>"$work/stderr" || got=$?
  [ "$got" = "$code" ] || fail "exit $got instead of $code: $* ($(cat "$work/stderr"))"
  [ "$code" = 0 ] || [ "$(wc -l <"$work/stderr")" = 1 ] || fail "not one line: $(cat "$work/stderr")"
}

case $1 in
  export)
    for ending in svg pdf png; do
      expect_exit 0 timeout 60 "$bin/braid" gui --export "$work/out.$ending" --size 800 "$run"
      [ -s "$work/out.$ending" ] || fail "no $ending"
    done
    expect_exit 0 "$bin/braid-gui" --export "$work/part.svg" --range 0..6 --rows stage0-1 --light night \
      --palette papers --no-legend "$run"
    grep -q '<svg' "$work/part.svg" || fail "no SVG"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.gif" "$run"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" --rows stage9 "$run"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" --range 6..0 "$run"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" --range 1000..2000 "$run"
    expect_exit 0 env -u XDG_RUNTIME_DIR "$bin/braid-gui" --export "$work/out.svg" --range 0..6 "$run"
    [ ! -s "$work/stderr" ] || fail "said: $(cat "$work/stderr")"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" --range 5000..5001 "$run"
    grep -q 'outside of the run' "$work/stderr" || fail "$(cat "$work/stderr")"
    mkdir "$work/two"
    cp "$run" "$work/two/a.braid"
    cp "$run" "$work/two/b.braid"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" "$work/two"
    grep -q -- '--run NAME: .*a.braid.*b.braid' "$work/stderr" || fail "$(cat "$work/stderr")"
    name=$(sed 's/.*--run NAME: //; s/;.*//' "$work/stderr")
    expect_exit 0 "$bin/braid-gui" --export "$work/one.svg" --run "$name" "$work/two"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg" "$work/none.braid"
    expect_exit 2 "$bin/braid-gui" --export "$work/out.svg"
    ;;
  no-display)
    expect_exit 2 timeout 60 "$bin/braid-gui" "$run"
    grep -q 'no display' "$work/stderr" || fail "$(cat "$work/stderr")"
    expect_exit 2 env DISPLAY=:987 timeout 60 "$bin/braid-gui" "$run"  # nobody listens there
    ;;
  window)
    command -v Xvfb >/dev/null || { echo "SKIP: no Xvfb"; exit 77; }
    # -displayfd: the server picks a free number and tells it.
    Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$work/display" 2>/dev/null &
    server=$!
    trap 'kill $server' EXIT
    for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
    [ -s "$work/display" ] || fail "Xvfb does not start"
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
    expect_exit 0 timeout 60 "$bin/braid" gui --quit-after-paint "$run"
    expect_exit 0 timeout 60 "$bin/braid-gui" --quit-after-paint "$run" "$run"
    # Asked to end, it ends as if its user had closed it: settings are written.
    for signal in TERM INT; do
      rm -rf "$work/config"
      # Not as a job of this script: those ignore Ctrl+C.
      expect_exit 0 timeout --preserve-status -s $signal 5 "$bin/braid-gui" "$run"
      grep -q geometry "$work"/config/braid/braid-gui.conf || fail "no settings after $signal"
    done
    printf 'not a run' >"$work/bad.braid"
    expect_exit 2 timeout 60 "$bin/braid-gui" --quit-after-paint "$work/bad.braid"
    ;;
esac
