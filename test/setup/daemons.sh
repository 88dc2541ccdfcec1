#!/usr/bin/env bash
# Installs what the tests with real daemons need: nginx and its modules, keepalived, the tools that build network
# namespaces, pre-commit, git and the shells that completions are for. For Debian and Ubuntu; changes nothing, and takes no time, when all of it is there.
set -euo pipefail

say() { printf 'setup:daemons: %s\n' "$1"; }

required=(nginx libnginx-mod-stream keepalived iproute2 nftables iptables procps util-linux openssl curl wget pre-commit git zsh fish)
# Not every release has these; the tests that need one look for it themselves.
welcome=(libnginx-mod-mail libnginx-mod-http-lua libnginx-mod-http-echo libnginx-mod-http-headers-more-filter libnginx-mod-http-geoip2)

# shellcheck source=/dev/null
if ! command -v apt-get >/dev/null || ! (. /etc/os-release && [[ " $ID ${ID_LIKE-} " == *" debian "* ]]); then
  say "only Debian and Ubuntu are known here; elsewhere, install yourself: nginx keepalived iproute2 nftables iptables openssl curl wget pre-commit git zsh fish"
  exit 0
fi

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }
# A tool that is there without being a package (git from source, pre-commit from pipx) will do as well.
present() { installed "$1" || { [[ $1 == git || $1 == pre-commit ]] && command -v "$1" >/dev/null; }; }

lacking=()
for package in "${required[@]}"; do present "$package" || lacking+=("$package"); done
if ((${#lacking[@]} == 0)); then
  say 'everything is there'
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    say "not root and no sudo: cannot install ${lacking[*]}"
    exit 0
  fi
  as_root=(sudo)
fi

# One source out of order (a vendor's, say) must not stop the others; what is really missing shows at install.
"${as_root[@]}" apt-get update -qq || say 'apt-get update was not quite successful, going on'
for package in "${welcome[@]}"; do
  if ! present "$package" && apt-cache show "$package" >/dev/null 2>&1; then lacking+=("$package"); fi
done
say "installing ${lacking[*]}"

# The packages would start their services, on port 80 among others. policy-rc.d forbids that while they are installed,
# and `disable` keeps the new ones from coming back at the next boot.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
  apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "${lacking[@]}" </dev/null
if [[ -d /run/systemd/system ]]; then
  for package in "${lacking[@]}"; do
    case $package in nginx | keepalived) "${as_root[@]}" systemctl disable --quiet "$package" || true ;; esac
  done
fi
say 'done'
