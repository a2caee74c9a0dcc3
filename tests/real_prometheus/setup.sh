#!/usr/bin/env bash
# Makes sure of a real Prometheus: the one that PROMETHEUS names, that of the path, or Debian's, unpacked and not installed
# (its package would start it on all interfaces).
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -z "${PROMETHEUS:-}" ] || { [ -x "$PROMETHEUS" ] && exit 0; }
command -v prometheus >/dev/null && exit 0
folder=${CLUSTER_FOLDER:-.cluster}/prometheus
[ -x "$folder/prometheus" ] && exit 0
command -v apt-get >/dev/null || { echo "Install Prometheus, or set PROMETHEUS to its path." >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
apt-get download -qq prometheus 2>/dev/null || { apt-get update -qq; apt-get download -qq prometheus; }
dpkg -x prometheus_*.deb unpacked
mv unpacked/usr/bin/prometheus .
rm -r prometheus_*.deb unpacked
