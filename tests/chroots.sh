# Sourced by scripts that try csvnet in chroots of other distributions, with $cache, the folder for what
# debootstrap makes, NAME.base, and $limit, the seconds that a command may take.
# shellcheck shell=bash disable=SC2154

[ "$(id -u)" = 0 ] || { echo "${0##*/}: making a chroot needs root" >&2; exit 77; }
command -v debootstrap >/dev/null || { echo "${0##*/}: debootstrap is missing: apt-get install debootstrap" >&2; exit 69; }
mkdir -p "$cache" && cache=$(cd "$cache" && pwd) || exit

running=     # the process of the command that runs
export root= # the chroot's folder, which is removed at the end
# shellcheck disable=SC2317
clean()
{
    [ -z "$running" ] || { kill -KILL -- -"$running"; wait "$running"; } 2>/dev/null
    [ -z "$root" ] || rm -rf --one-file-system -- "$root"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

# limited LOG COMMAND...: appends to LOG what COMMAND writes. Processes and mounts of COMMAND are in
# namespaces that end with it or with this script, so that none is left and no tree is removed under a mount.
limited()
{
    local log=$1
    shift
    timeout --signal=KILL "$limit" unshare --mount --pid --fork --kill-child --mount-proc "$@" \
        </dev/null >>"$log" 2>&1 &
    running=$!
    wait "$running"
}

# in_root DEVICES USER FOLDER COMMAND...: runs COMMAND in $root, with /dev/pts and /dev/shm where DEVICES is
# not empty; within `limited`.
# shellcheck disable=SC2317
in_root()
{
    mount -t proc proc "$root/proc" || return
    if [ "$1" ]; then
        mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts" &&
            mount -t tmpfs tmpfs "$root/dev/shm" || return
    fi
    # shellcheck disable=SC2016
    chroot --userspec="$2:$2" "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "${@:3}"
}
export -f in_root

# make_base NAME LOG: makes CACHE/NAME.base unless it is there, with the user 1000 and apt set up as here.
make_base()
{
    local from=Debian components=main source=$mirror

    [ ! -d "$cache/$1.base" ] || return 0
    case $1 in jammy | noble) from=Ubuntu components=main,universe ;; esac
    [ "$from" = "$vendor" ] || source=
    root=$cache/$1.$$.part
    rm -rf --one-file-system -- "$root"
    limited "$2" debootstrap --variant=minbase --force-check-gpg --include=make,ca-certificates \
        --components="$components" "$1" "$root" ${source:+"$source"} || return
    apt-config dump | grep -E '^Acquire::(http|https|Check|Retries)' >"$root/etc/apt/apt.conf.d/90host"
    chroot "$root" useradd --create-home --uid 1000 user && mv "$root" "$cache/$1.base"
}

# new_root NAME LOG: makes $root a copy of CACHE/NAME.base, one of this process alone, or says why there is none
new_root()
{
    if ! make_base "$1" "$2"; then
        rm -rf --one-file-system -- "$root"
        echo "$1: skipped, debootstrap did not make it: $(grep '^[EW]: ' "$2" | tail -n 2 | paste -sd ' ') (see $2)"
        return 1
    fi
    root=$cache/$1.$$
    rm -rf --one-file-system -- "$root"
    cp -a "$cache/$1.base" "$root" || exit
}

# What debootstrap needs of apt's settings: the mirror, the proxy.
# shellcheck disable=SC1091
vendor=$(. /etc/os-release && echo "${ID^}")
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' \
    "Origin: $vendor" "Label: $vendor" | head -n 1)
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[ -z "${http_proxy-}" ] || export http_proxy
