# shellcheck shell=sh disable=SC2034
# For scripts whose tests are commands: they set passed, failed and work, a folder of their own, and source this.

# verdict STATUS WANTED NAME: one test, of an exit status; the end of $work/log, where it is another.
verdict() {
    if [ "$1" -eq "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$3"
        tail -n 20 "$work/log" | cut -c 1-300
    fi
}

# check NAME COMMAND...: one test, that the command succeeds.
check() {
    name=$1
    shift
    "$@" >"$work/log" 2>&1
    verdict $? 0 "$name"
}
