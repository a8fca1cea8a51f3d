#!/bin/sh
# What is given away, one after the other, as each takes what those before it made. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
JOBS=1 test/run test/pack/dist.sh test/pack/deb.sh test/pack/wheel.sh test/pack/page.sh test/pack/installed.sh >"$log"
status=$?
sed 's/^ *[1-9][0-9]* \([a-z]*\.sh: \)/skip: \1/' "$log" # as a script says it
exit $status
