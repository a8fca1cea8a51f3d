# Warnings: on stderr, in report and trace, again wherever those are used; --strict refuses them.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
run="run --model cifar/model.safetensors --config mine.json --input cifar/input.npy --quiet"
warning="config mine: the value of heads is assumed, its source does not state it; if you know it, give it by --set KEY=VALUE [assumed-configuration]"
refusal="${warning%]}: --strict makes this warning an error]"

# A configuration with an assumed key.
assume() {
    start "warnings: $1"
    sed '0,/{/s//{"assumed": "heads",/' cifar/config.json >mine.json
}

assume "on stderr and in the report"
spikeq $run --report r.json
exits 0
says "spikeq run: warning: $warning"
prints_nothing
holds "$(tr -d '\n' <r.json | grep -o '"warnings"[^]]*]' | tr -d '\t ')" \
    "\"warnings\":[{\"name\":\"assumed-configuration\",\"text\":\"$(printf '%s' "${warning% \[*}" | tr -d ' ')\"}]"
spikeq energy r.json --convention exact
says "spikeq energy: warning: $warning"
finish

assume "a report without them says so"
spikeq $run --set heads=4 --report r.json
exits 0
is_silent
holds "$(tr -d '\n\t ' <r.json | grep -o '"warnings":[^]]*]')" '"warnings":[]'
finish

assume "a trace hands them on"
spikeq $run --trace a.db
says "spikeq run: warning: $warning"
for command in "energy a.db --convention exact" "analyze a.db" "inspect a.db" "diff a.db a.db" \
    "export a.db --to csv" "replay a.db" "replay a.db --stream aer.txt"; do
    spikeq $command
    exits 0
    says "spikeq ${command%% *}: warning: $warning"
    spikeq $command --strict
    case $command in diff*) exits 2 ;; *) exits 1 ;; esac # of diff, 1 means different
    says "spikeq ${command%% *}: $refusal"
    prints_nothing
done
spikeq replay a.db --model cifar/model.safetensors --from block.0 --trace b.db --quiet
says "spikeq replay: warning: $warning"
spikeq energy b.db --convention exact
says "spikeq energy: warning: $warning"
holds "$(sqlite3 a.db "select value from meta where key = 'warnings'")" \
    "[{\"name\":\"assumed-configuration\",\"text\":\"${warning% \[*}\"}]"
finish

assume "--strict refuses them, and leaves nothing"
spikeq $run --strict --trace a.db --report r.json --dump d
exits 1
says "spikeq run: $refusal"
rm mine.json
# shellcheck disable=SC2119
leaves
finish

assume "a trace's own list that is damaged"
spikeq $run --trace a.db
for text in '{}' '[1]' '[' '[{"name":"a"}]'; do
    sqlite3 a.db "update meta set value = '$text' where key = 'warnings'"
    spikeq energy a.db
    exits 1
    case $text in '[') says "spikeq energy: a.db: meta warnings is not JSON" ;;
    *) says "spikeq energy: a.db: warnings is not a list of names and texts" ;; esac
done
finish

# Weights that are 0: warned of until somebody says what they cost.
start "warnings: zero-weights, until the switch is given"
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --quiet --report r.json
exits 0
is_silent
sed 's/"warnings":[[:space:]]*\[\]/"warnings": [{"name": "zero-weights", "text": "a.pth: zeros"}]/' r.json >zeros.json
for options in "" "--convention exact" "--switch integers=units"; do
    spikeq energy zeros.json $options
    exits 0
    says "spikeq energy: warning: a.pth: zeros [zero-weights]"
    spikeq energy zeros.json $options --strict
    exits 1
done
for options in "--switch zero-weights=skipped" "--switch zero-weights=counted" \
    "--switch integers=units --switch zero-weights=skipped --strict" "r.json --switch zero-weights=skipped"; do
    spikeq energy zeros.json $options
    exits 0
    is_silent
done
finish
