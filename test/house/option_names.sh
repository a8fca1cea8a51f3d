#!/bin/sh
# The library names options by SQ_OPT, and a command line by SQ_FLAG (kernels/base/option_names.h): no text
# of it, outside the command, has dashes of its own. Comments may.
cd "$(dirname "$0")/../.." || exit 1

# dashed FILE...: string literals that name an option with dashes, as FILE:TEXT.
dashed() {
    for file; do
        # A preprocessor takes comments away; line ends are kept out of literals by C itself.
        ${CC:-gcc} -fpreprocessed -dD -E -P -x c "$file" 2>/dev/null |
            grep -oE '"([^"\\]|\\.)*"' | grep -E -- '--[a-z]' | sed "s|^|$file:|"
    done
}

passed=0 failed=0
# shellcheck disable=SC2046
found=$(dashed $(find sim kernels traces -name '*.[ch]' -not -path 'sim/cli/*'))
if [ -z "$found" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    printf 'FAIL texts of the library with dashes; use SQ_OPT:\n%s\n' "$(printf '%s\n' "$found" | head -n 5)"
fi

planted=$(mktemp) || exit 1
trap 'rm -f "$planted"' EXIT
printf '/* "--comment" */\nchar *a = "\\"give --resume\\"";\nchar *b = SQ_OPT "resume -- --";\n' >"$planted"
if [ "$(dashed "$planted")" = "$planted:\"\\\"give --resume\\\"\"" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL a planted option was not seen: $(dashed "$planted")"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
