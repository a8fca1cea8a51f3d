# spikeq analyze: tables, JSON and CSV of traces, and what is refused.
# needs: /usr/bin/python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
record() { # TRACE [OPTION...]: a trace of the golden network cifar
    record_to=$1
    shift
    spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
        --trace "$record_to" --quiet "$@"
    exits 0
}

start "analyze --help"
spikeq analyze --help
exits 0
is_silent
for option in json csv html populations samples model config hardware class-names raster-sample top \
    threads; do
    prints_part "  --$option "
done
finish

start "analyze prints tables of plain ASCII into a pipe"
record a.db
spikeq analyze a.db --top 2
exits 0
is_silent
prints_part "samples   2, 4 timesteps"
prints_part "patch_embed.proj_lif      11.322   0.502 |#######             |   6.55  14.00   9.48  15.26"
prints_part "0                           65.03     9.96        96109.0        34511.0"
prints_part "layers by additions per sample"
prints_part "accuracy, confusion, rate_per_label, cost per class: the trace has no labels; record it with --labels"
holds "$(LC_ALL=C grep -c '[^ -~]' "$top/out")" 0
leaves a.db
finish

start "analyze --json and --csv hold the figures of the table"
record a.db
spikeq analyze a.db --json a.json --csv csv --model cifar/model.safetensors --config cifar/config.json
exits 0
is_silent
holds "$(/usr/bin/python3 -c "
import json
trace = json.load(open('a.json'))['traces'][0]
print(trace['populations'][0]['spikes'], len(trace['decision']['after_timestep']), len(trace['cost']['conventions']))")" "7420 4 6"
holds "$(sed -n 2p csv/populations.csv | cut -d, -f1-8)" "a.db,patch_embed.proj_lif,lif,8192,1024,8,7420,0.11322021484375"
leaves a.db a.json csv
finish

start "analyze --json - prints JSON alone"
record a.db
spikeq analyze a.db --json -
exits 0
is_silent
holds "$(/usr/bin/python3 -c "
import json, sys
print(json.load(open(sys.argv[1]))['format'])" "$top/out")" "spikeq analysis"
finish

start "analyze --html writes a page, - prints it alone"
record a.db
spikeq analyze a.db --html a.html --json a.json
exits 0
is_silent
prints_part "samples   2, 4 timesteps"
spikeq analyze a.db --html -
exits 0
is_silent
cmp -s "$top/out" a.html || complain "the page differs"
holds "$(sed -n '/<script type="application.json" id="analysis">/{n;p;}' a.html)" "$(cat a.json)"
leaves a.db a.html a.json
finish

start "analyze is the same for every number of threads"
record a.db
spikeq analyze a.db --json one.json --threads 1
spikeq analyze a.db --json four.json --threads 4
exits 0
cmp -s one.json four.json || complain "the JSON differs"
finish

start "analyze compares traces"
record a.db
record b.db --trace-samples 0
spikeq analyze a.db b.db --populations 'block.0.attn.q_lif'
exits 0
prints_part "b.db less a.db, 1 sample in pairs"
prints_part "low, high, significant: only 1 sample is in both traces, at least 2 are needed"
finish

start "analyze of counts says what it cannot tell"
record a.db --trace-detail counts
spikeq analyze a.db
exits 0
prints_part "the trace holds counts only; record it with --trace-detail spikes"
prints_part "layers by additions per sample"
finish

refuse 2 "analyze without a trace" \
    "spikeq analyze: give a trace; see spikeq analyze --help" analyze
refuse 2 "analyze --config without --model" \
    "spikeq analyze: --config goes with --model; see spikeq analyze --help" analyze a.db --config x
refuse 2 "analyze --json - --html -" \
    "spikeq analyze: --json and --html cannot both be -; see spikeq analyze --help" \
    analyze a.db --json - --html -
refuse 2 "analyze --top 0" \
    "spikeq analyze: --top 0: expected a whole number from 1 to 1024; see spikeq analyze --help" \
    analyze a.db --top 0
refuse 1 "analyze of a file that is not there" \
    "spikeq analyze: none.db: cannot be opened: No such file or directory" analyze none.db
refuse 1 "analyze of a checkpoint" \
    "spikeq analyze: cifar/model.safetensors: is not a trace (not an SQLite file)" analyze cifar/model.safetensors

start "analyze: populations and samples that choose nothing"
record a.db
spikeq analyze a.db --populations nothing
exits 2
says "spikeq analyze: a.db: --populations nothing matches no population of spikes"
spikeq analyze a.db --samples 5:
exits 2
says "spikeq analyze: a.db: --samples chooses none of its 2 samples"
prints_nothing
finish

start "analyze leaves no half file behind"
record a.db
spikeq analyze a.db --json missing/a.json
exits 1
says "spikeq analyze: missing/a.json: cannot be written: No such file or directory"
spikeq analyze a.db --csv a.db/csv
exits 1
says "spikeq analyze: a.db/csv: cannot be made: Not a directory"
spikeq analyze a.db --html missing/a.html
exits 1
says "spikeq analyze: missing/a.html: cannot be written: No such file or directory"
spikeq analyze a.db --html /dev/full
exits 1
says "spikeq analyze: /dev/full: cannot be written: No space left on device"
leaves a.db
finish
