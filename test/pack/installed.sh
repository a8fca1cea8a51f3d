#!/bin/sh
# The packages installed by apt and the wheel by pip, for real, where nothing of it stays: in an overlay over this machine's
# files, or with BARE=1 over a new Debian 12 that debootstrap makes in build/bare, so that apt and pip find what the
# packages say they need, or fail. Then what autopkgtest runs, the tutorial among it; then they are removed. Needs root.
# shellcheck source=test/pack/common.sh
. "$(dirname "$0")/common.sh"
needs "packages, installed" unshare chroot apt-get dpkg-deb

lower=/
if [ -n "$BARE" ]; then
    needs "packages on a bare system" debootstrap
    lower=$top/build/bare
    [ -e "$lower/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$lower" >"$work/log" 2>&1 || {
        cat "$work/log"
        exit 1
    }
fi
ls build/deb/spikeq_*.deb >"$work/log" 2>&1 || make deb >"$work/log" 2>&1 || cat "$work/log"
ls build/wheel/*.whl >"$work/log" 2>&1 || make wheel >"$work/log" 2>&1 || cat "$work/log"

# The changed files lie in memory and go with the mounts, which this process alone sees.
cat >"$work/within" <<'SH'
set -e
layers=$1 lower=$2 top=$3
shift 3
mount -t tmpfs none "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
mount -t overlay -o "lowerdir=$lower,upperdir=$layers/upper,workdir=$layers/work" none "$layers/root"
cd "$layers/root"
mount -t proc none proc
mount -t tmpfs none tmp
mount --rbind /dev dev
mkdir -p ".$top"
mount --bind "$top" ".$top" && mount -o remount,bind,ro ".$top"
cat /etc/resolv.conf >etc/resolv.conf 2>/dev/null || :
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive TOP="$top" chroot . "$@"
SH
mkdir "$work/layers"
within() { unshare -m sh "$work/within" "$work/layers" "$lower" "$top" "$@"; }
if ! within true 2>"$work/log"; then
    echo "skip: packages, installed: needs root, and overlays of this file system"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

# One script within, as what it installs is gone at its end; a line of its output is a test: "ok NAME", "FAIL NAME".
cat >"$work/script" <<'SH'
cd /tmp
try() {
    name=$1
    shift
    "$@" >log 2>&1 && echo "ok $name" && return
    echo "FAIL $name"
    sed 's/^/    /' log | tail -n 30
}
apt() { apt-get -qq -y --no-install-recommends "$@"; }
packages=$(ls "$TOP"/build/deb/*.deb | grep -v dbgsym)
tests=$(echo "$TOP"/build/deb/spikeq-*/debian/tests)
if [ -n "$BARE" ]; then
    try "apt update" apt update
fi
try "apt install" apt install $packages
try "spikeq --version" spikeq --version
try "its page" test -e /usr/share/man/man1/spikeq-run.1.gz -o -e /etc/dpkg/dpkg.cfg.d/docker
run_tests() {
    for test; do
        try "debian/tests/$test" env AUTOPKGTEST_TMP=/tmp sh "$tests/$test"
    done
}
if [ -n "$BARE" ]; then
    sed -n 's/^Depends: //p' "$tests/control" | tr ', ' '\n\n' | grep -v spikeq | sort -u >needed
    try "what the tests need" apt install $(cat needed)
    run_tests demo python program tutorial
    try "venv" apt install python3-venv
    try "a folder for pip" python3 -m venv --system-site-packages venv
else
    run_tests tutorial
fi
try "apt remove" apt purge spikeq libspikeq0 libspikeq-dev python3-spikeq
try "nothing is left" sh -c '! command -v spikeq && ! find /usr -path "$0" -prune -o -name "*spikeq*" -print | grep .' "$TOP"
if [ -n "$BARE" ]; then
    try "pip install" venv/bin/python -m pip install --quiet --no-index "$TOP"/build/wheel/*.whl
    try "the tutorial with the wheel" env PATH="/tmp/venv/bin:$PATH" AUTOPKGTEST_TMP=/tmp python3 -B "$TOP/test/docs/documents.py" --installed - "$TOP/docs/tutorial.md"
fi
SH
within env BARE="$BARE" sh -c "$(cat "$work/script")" >"$work/out" 2>&1 || echo "FAIL the script" >>"$work/out"
grep -v '^ok ' "$work/out"
passed=$(grep -c '^ok ' "$work/out")
failed=$(grep -c '^FAIL ' "$work/out")
finish
