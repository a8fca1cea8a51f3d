#!/bin/sh
# The command spikeq, from outside: exact stdout, stderr and exit status of every case in
# test/cli/cases/*.sh, one line a case, "N passed, N failed, N skipped" last.
#
# The program is $SPIKEQ, or that of the variant being built (make passes VARIANT and B on). A case
# runs in an empty folder of its own with the golden networks as cifar, odd, dvs; what it writes
# there and does not expect is a failure too: no partial file may stay behind.
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
case $spikeq in /*) ;; *) spikeq=$root/$spikeq ;; esac
[ -x "$spikeq" ] || { echo "FAIL $spikeq is not built"; echo "0 passed, 1 failed"; exit 1; }

top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM
export SPIKEQ_CONFIGS="$top/configs" LC_ALL=C
mkdir -p "$top/configs/models"
passed=0 failed=0 skipped=0

ln -s "$root/test/golden/cifar-2-64" "$top/cifar"
ln -s "$root/test/golden/cifar-1-48-odd" "$top/odd"
ln -s "$root/test/golden/dvs-1-64" "$top/dvs"

# Begin a case: an empty folder.
start() {
    name=$1 wrong=
    rm -rf "$top/work"
    mkdir "$top/work"
    cd "$top/work" || exit 1
    ln -s ../cifar ../odd ../dvs .
}

# Run the program; stdout, stderr and exit status stay in $top.
spikeq() {
    "$spikeq" "$@" >"$top/out" 2>"$top/err" </dev/null
    status=$?
}

# skip NAME WHY: the case of that name cannot run here; it is neither passed nor failed.
skip() {
    echo "skip: $1: $2"
    skipped=$((skipped + 1))
}

complain() { wrong="$wrong
    $1"; }

exits() { [ "$status" -eq "$1" ] || complain "exit status $status, not $1: $(head -c 300 "$top/err")"; }

# stderr is exactly one line, this one.
says() {
    printf '%s\n' "$1" >"$top/want"
    cmp -s "$top/want" "$top/err" || complain "stderr: $(cat "$top/err")
    wanted: $1"
}

# stderr is one line that matches this shell pattern (for names and numbers of the machine).
says_like() {
    line=$(cat "$top/err")
    [ "$(wc -l <"$top/err")" -eq 1 ] || complain "stderr has $(wc -l <"$top/err") lines: $line"
    # shellcheck disable=SC2254
    case $line in $1) ;; *) complain "stderr: $line
    wanted: $1" ;; esac
}

is_silent() { [ ! -s "$top/err" ] || complain "stderr: $(cat "$top/err")"; }
prints_nothing() { [ ! -s "$top/out" ] || complain "stdout: $(head -c 300 "$top/out")"; }
prints() { # stdout is exactly the text on stdin
    cat >"$top/want"
    cmp -s "$top/want" "$top/out" || complain "stdout: $(diff "$top/want" "$top/out" | head -n 20)"
}
prints_part() { grep -qF -- "$1" "$top/out" || complain "stdout has no \"$1\""; }
holds() { [ "$1" = "$2" ] || complain "\"$1\" instead of \"$2\""; }

# The folder of the case holds exactly these (in order), besides the golden networks.
# shellcheck disable=SC2120
leaves() {
    left=
    for entry in * .[!.]*; do
        case $entry in cifar | odd | dvs | '*' | '.[!.]*') ;; *) left="$left$entry " ;; esac
    done
    [ "$left" = "${*:+$* }" ] || complain "left behind: $left"
}

finish() {
    if [ -z "$wrong" ]; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name$wrong"
    fi
}

# refuse STATUS NAME LINE ARGUMENT...: the whole case of a complaint.
refuse() {
    want_status=$1 want_line=$3
    start "$2"
    shift 3
    spikeq "$@"
    exits "$want_status"
    says "$want_line"
    prints_nothing
    # shellcheck disable=SC2119
    leaves
    finish
}

# missing FILE: the tools that the cases in it need, by its line "# needs: TOOL...", and that are not here.
missing() {
    for tool in $(sed -n 's/^# needs: //p' "$1"); do
        command -v "$tool" >/dev/null || printf ' %s' "$tool"
    done
}

for cases in "$root"/test/cli/cases/*.sh; do
    tools=$(missing "$cases")
    if [ -n "$tools" ]; then
        skip "${cases##*/}" "needs$tools"
        continue
    fi
    # shellcheck source=/dev/null
    . "$cases"
done
cd / || exit 1
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
