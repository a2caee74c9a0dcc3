#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests: Debian's, or the one that CHROMIUM names.
set -euo pipefail
if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
  exit 0
fi
echo "The browser tests need Chromium: apt-get install chromium, or set CHROMIUM to its path." >&2
exit 1
