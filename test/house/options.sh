#!/bin/sh
# Every option of a command's table stands in its --help and in its section of the man page, and
# neither names one that no command takes. Two tests a command.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# The long options of a command's table, as the compiler sees it.
table() {
    ${CC:-gcc} -I. -D_POSIX_C_SOURCE=200809L -E -P "$1" | tr '\n' ' ' |
        grep -oE 'struct option option\[\] = \{.*' | sed 's/};.*//' |
        grep -oE '\{ *"[a-z-]+"' | tr -d '{" ' | grep -vx help | sort -u
}

# The options that a text names.
named() { grep -oE '(^|[^a-z-])--[a-z][a-z-]*[a-z]' | sed 's/.*--//' | grep -vx help | sort -u; }

# The section of a command in the man page, and the one of --strict, as text.
section() {
    sed -n -e '/^\.SH WARNINGS/,/^\.SH /p' -e "/^\.SS $1\$/,/^\.S[SH] /p" docs/man/spikeq.1 |
        sed 's/\\-/-/g; s/\\f[A-Z]//g'
}

# check NAME LIST: is everything of the table in the list, and the list in all tables?
check() {
    missing=$(comm -23 "$work/table" "$2" | tr '\n' ' ')
    unknown=$(comm -13 "$work/all" "$2" | tr '\n' ' ')
    if [ -s "$work/table" ] && [ -z "$missing$unknown" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: lacks: $missing; names no option: $unknown"
    fi
}

commands=$("$spikeq" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx configs)
for command in $commands; do
    source=sim/cli/cmd_$command.c
    grep -q 'struct option option\[\]' "$source" || source=sim/cli/${command}_options.c
    table "$source" >"$work/$command"
done
(cd "$work" && sort -u $commands >all)
for command in $commands; do
    cp "$work/$command" "$work/table"
    "$spikeq" "$command" --help | named >"$work/help"
    check "$command --help" "$work/help"
    section "$command" | named >"$work/man"
    check "$command in the man page" "$work/man"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq "$((2 * $(echo "$commands" | wc -w)))" ]
