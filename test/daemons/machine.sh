#!/usr/bin/env bash
# A machine for one run of a daemon: own network, own mounts, own processes, all gone when it ends, however it ends.
# Only /usr is the real one, read-only; everything else lies in DIR/root. Started as first process of new namespaces:
#   unshare --mount --net --pid --fork --kill-child machine.sh DIR SECONDS COMMAND [ARG]...
# DIR/links is a batch for ip(8), DIR/output gets what the command prints, DIR/code its exit code, or 137 when it had
# to be killed after SECONDS.
set -euo pipefail
dir=$1 root=$1/root seconds=$2
shift 2

# /usr/local stays out, so that a configuration can have its scripts there.
for usr in /usr/*; do
  if [[ -d $usr && ! -L $usr && $usr != /usr/local ]]; then
    mkdir -p "$root$usr"
    mount --bind -o ro "$usr" "$root$usr"
  fi
done
for link in bin sbin lib lib32 lib64 libx32; do
  if [[ -L /$link ]]; then ln -sfn "$(readlink "/$link")" "$root/$link"; fi
done
mkdir -p "$root"/{dev,proc,sys,run/lock,tmp,var/cache,var/lib/nginx,var/log/nginx}
ln -sfn /run "$root/var/run"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
ip -batch "$dir/links"
if [[ -e $dir/nonlocal-bind ]]; then
  echo 1 >"$root/proc/sys/net/ipv4/ip_nonlocal_bind"
  if [[ -e $root/proc/sys/net/ipv6 ]]; then echo 1 >"$root/proc/sys/net/ipv6/ip_nonlocal_bind"; fi
fi

# To a file, not a pipe from Node (those are sockets, and /dev/stderr cannot be opened on a socket). Not exec'ed: the
# first process of a pid namespace ignores signals, and keepalived signals itself.
code=0
timeout --signal=KILL "$seconds" chroot "$root" "$@" </dev/null >"$dir/output" 2>&1 || code=$?
echo "$code" >"$dir/code"
