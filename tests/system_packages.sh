#!/bin/sh
# Installs the system packages that the marked tests need, on Debian as root or with sudo that
# asks for no password; elsewhere says what will be skipped. With CI set, missing ones fail tests.
set -eu

PATH="$PATH:/usr/sbin"  # where a broker is, and users seldom look
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need pulseaudio pulseaudio
need pactl pulseaudio-utils
need tmux tmux
need ffmpeg ffmpeg
need chromium chromium
need openssl openssl
need mosquitto mosquitto
ldconfig -p 2>/dev/null | grep -q 'libportaudio\.so\.2' || missing="$missing libportaudio2"
find /usr/lib -name libasound_module_pcm_pulse.so 2>/dev/null | grep -q . \
  || missing="$missing libasound2-plugins"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
  echo "installing$missing ..."
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "skipping the tests that need:$missing (not Debian, or no root and no sudo)"
fi
