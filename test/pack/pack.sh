#!/bin/sh
# What is given away, one after the other, as each takes what those before it made. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")" || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
for script in dist deb wheel page installed; do
    ./$script.sh >"$log" 2>&1
    status=$?
    sed '$d' "$log"
    read -r good _ bad _ missed _ <<LAST
$(tail -n 1 "$log")
LAST
    case "$good$bad$missed" in
    '' | *[!0-9]*) good=0 bad=1 missed=0 && tail -n 1 "$log" ;;
    esac
    [ $status -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$bad" -eq 0 ] || echo "FAIL test/pack/$script.sh: $bad"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + missed))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
