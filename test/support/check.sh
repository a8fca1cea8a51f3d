# shellcheck shell=sh disable=SC2034
# For scripts whose tests are commands: they set passed, failed and work, a folder of their own, and source this.

# check NAME COMMAND...: one test, that the command succeeds; the end of what it printed, where it does not.
check() {
    name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$name"
        tail -n 12 "$work/log" | cut -c 1-300
    fi
}
