#!/bin/sh
# Includes point one way (docs/architecture.md). One test per rule; a planted violation must be seen.
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0

# "file: included" for every project include below the folders.
edges() {
    grep -rHoE '^#include "[^"]+"' --include='*.c' --include='*.h' --include='*.inc' "$@" |
        sed -E 's/:#include "([^"]+)"/: \1/'
}

# rule NAME PATTERN FOLDER...: whatever is included below the folders matches the pattern.
rule() {
    name=$1
    allowed=$2
    shift 2
    bad=$(edges "$@" | grep -vE ": ($allowed)" | head -n 5)
    if [ -z "$bad" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n%s\n' "$name" "$bad"
    fi
}

rule "kernels/base stands on nothing" 'kernels/base/' kernels/base
rule "kernels know nothing of the simulator" 'kernels/' kernels
for folder in accumulate dense attend lif overlap pack; do
    rule "kernels/$folder stands on kernels/base" "kernels/(base|$folder)/" "kernels/$folder"
done
rule "kernels/count stands on kernels/attend" "kernels/(base|attend|count)/" kernels/count
rule "traces know nothing of models" '(kernels/base|traces)/' traces
rule "the queue knows no spikes and no threads" '(kernels/base|sim/queue)/' sim/queue
rule "JSON knows nothing of what it holds" '(kernels/base|sim/json)/' sim/json
rule "checkpoint readers know no network" '(kernels/base|traces/files|sim/checkpoint)/' sim/checkpoint
rule "recordings know no stores" '(kernels/base|traces/(files|format|import))/' traces/import
rule "imports know no report" \
    '(kernels/base|traces)/|sim/(account|checkpoint|config|engine|graph|import|input|network|ops|record)/|sim/spikeq\.h' \
    sim/import
rule "the engine knows no report" \
    '(kernels|traces)/|sim/(account|checkpoint|config|engine|input|network|queue)/' sim/engine
rule "the command uses the public header alone" 'sim/(spikeq\.h|cli/)' sim/cli
rule "nothing below stands on the interface" 'kernels/|traces/|sim/([a-z]+\.h|account|analysis|checkpoint|config|engine|events|graph|import|input|json|network|ops|quantise|queue|record|replay|report)' \
    $(ls -d kernels/* traces/* sim/*/ | grep -vE "^sim/(api|cli)/")

planted=$(mktemp -d)
echo '#include "sim/network/network.h"' >"$planted/kernel.c"
before=$failed
rule "a planted violation" 'kernels/' "$planted" >/dev/null
rm -rf "$planted"
if [ "$failed" -eq $((before + 1)) ]; then
    failed=$before
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL a planted violation was not seen"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
