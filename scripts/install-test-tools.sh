#!/usr/bin/env bash
# `make test-tools`: what tests use and npm cannot bring, on Debian and Ubuntu. What is there stays as it is.
set -euo pipefail

tries=3

# A mirror that stumbles is asked again.
patiently() {
  local try
  for ((try = 1; try <= tries; try++)); do
    if "$@"; then return; fi
    echo "make test-tools: try $try of $tries failed: $*" >&2
    sleep "$((try * 5))"
  done
  exit 1
}

get() {
  patiently env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --option Acquire::Retries=3 "$@"
}

missing=()
if [[ ! -x ${CHROMIUM_PATH:-/usr/bin/chromium} ]]; then missing+=(chromium); fi
if ! command -v promtool >/dev/null; then missing+=(promtool); fi
if [[ ${#missing[@]} -eq 0 ]]; then
  echo 'test tools: all there'
  exit
fi
if ! command -v apt-get >/dev/null || [[ $(id -u) -ne 0 ]]; then
  echo "make test-tools: root on Debian or Ubuntu is needed to install: ${missing[*]}" >&2
  exit 1
fi

get update
for tool in "${missing[@]}"; do
  case $tool in
    chromium)
      get install --yes --no-install-recommends chromium
      ;;
    promtool)
      # Only this file of the package: installed as a whole, it would start a Prometheus.
      folder=$(mktemp --directory)
      trap 'rm -rf "$folder"' EXIT
      chmod 755 "$folder"
      (cd "$folder" && get download prometheus)
      dpkg-deb --extract "$folder"/prometheus_*.deb "$folder"
      install --mode=755 "$folder/usr/bin/promtool" /usr/local/bin/promtool
      ;;
  esac
  echo "test tools: installed $tool"
done
