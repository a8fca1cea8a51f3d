# shellcheck shell=sh disable=SC2034
# For scripts whose tests compare texts: they set passed and failed, and source this.

# check NAME GOT WANTED: one test.
check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: "%s" instead of "%s"\n' "$1" "$2" "$3"
    fi
}
