# Prices: figures from tables and reports, and what is refused.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
model="--model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"

start "energy: no source"
spikeq energy
exits 2
says "spikeq energy: give one of REPORT.json, a trace, --model, --rates, --table; see spikeq energy --help"
prints_nothing
finish

start "energy: rates without a network"
spikeq energy --rates rates.csv
exits 2
says "spikeq energy: --rates needs --config NAME; see spikeq energy --help"
finish

start "energy: a table, to the digit"
printf 'name,kind,flops,rate\nfirst,mac,347000000,\nall,ac,6820000000,1\n' >table.csv
spikeq energy --table table.csv --format csv
exits 0
prints <<'END'
layer,kind,T x FLOPs,rate,operations,energy_pj
first,mac,347000000.0,1.0,347000000.0,1596199999.9999998
all,ac,6820000000.0,1.0,6820000000.0,6138000000.0
total,,7167000000.0,,7167000000.0,7734200000.0
END
spikeq energy --table table.csv --verbose
exits 0
prints_part "0.347 G MACs, 6.82 G ACs, 7.7342 mJ"
leaves table.csv
finish

# counts SWITCH ROW: how a camera's event counts are priced. Of each sample 1,003,412 synapses receive an event
# (1,628,152 units); a dense first convolution would multiply 9,339,136 times.
counts() {
    start "energy: event counts, ${1:-by default}"
    spikeq energy --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy \
        --convention exact --format csv ${1:+--switch $1}
    exits 0
    grep -q "^exact,$2," "$top/out" || complain "no $2 in $(cat "$top/out")"
    finish
}
counts "" 0.031407865,6.4e-07
counts first-layer=auto 0.031407865,6.4e-07
counts integers=units 0.0327830525,6.4e-07
counts integers=mac 0.026813381,0.004595124
counts first-layer=timesteps 0.030404453,0.009339776

# warns PROFILE TIMES: integers at the price of floats are warned of.
warns() {
    start "energy: a run in integers, profile $1"
    spikeq run $model --arith fixed --quiet --report r.json
    spikeq energy r.json --hardware "$1"
    exits 0
    leaves r.json
    [ "$(grep -c "^spikeq energy: warning: r.json: the run computed in integers, profile $1 prices .* \[float-prices\]$" "$top/err")" -eq "$2" ] ||
        complain "not $2 warnings"
    finish
}
warns fp32_45nm 1
warns int8_45nm 0
warns fixed_45nm 0

# Additions by the width of each layer's adder: bits from the report, the sum by hand.
start "energy: by width"
spikeq run $model --arith fixed --quiet --report r.json
spikeq energy r.json --hardware fixed_45nm --convention exact --format json
exits 0
python3 - r.json "$top/out" <<'END' || complain "not the sum of widths"
import json, sys
report, answer = (json.load(open(name)) for name in sys.argv[1:])
bits = {layer["name"]: layer["adder_bits"] for layer in report["fixed"]["layers"]}
target = {synapse["name"]: synapse["target"] for synapse in report["synapses"]}
summary, layers = (sheet["rows"] for sheet in answer["sheets"][:2])
total = 0
for row in layers:
    name = row["layer"]
    target_of = name.replace(".ssa", ".attn_lif") if row["kind"] == "ssa" else target.get(name)
    acs, macs = float(row["ACs"]), float(row["MACs"])
    if target_of in bits and row["kind"] != "head":
        add = 0.03 + (0.1 - 0.03) * (bits[target_of] - 8) / 24
        factors = report["fixed"]["weight_bits"] * report["fixed"]["pixel_bits"]
        want = acs * add + macs * (0.2 * factors / 64 + add)
    else:
        want = acs * 0.9 + macs * 4.6
    assert abs(float(row["energy_pj"]) - want) <= 1e-9 * want, (name, row["energy_pj"], want)
    total += want
assert total > 0 and abs(float(summary[0]["energy_mj"]) * 1e9 - total) <= 1e-9 * total
END
leaves r.json
finish

start "energy: by width, sample by sample"
spikeq run $model --arith fixed --quiet --report r.json
spikeq energy r.json --hardware fixed_45nm --convention exact --per sample
exits 1
says "spikeq energy: --per sample, class: of each sample the operations of all layers together are known, and fixed_45nm prices them by their width; expected --per layer, block or timestep, or another --hardware"
leaves r.json
finish

# A trace keeps the widths: the same prices to the last digit.
start "energy: by width, from a trace"
spikeq run $model --arith fixed --quiet --trace a.db --report a.json
spikeq energy a.json --hardware fixed_45nm --convention exact --format csv
exits 0
is_silent
grep -v '^#' "$top/out" >a.csv
spikeq energy a.db --hardware fixed_45nm --convention exact --format csv
exits 0
is_silent
grep -v '^#' "$top/out" | cmp -s - a.csv || complain "$(diff "$top/out" a.csv)"
leaves a.csv a.db a.json
finish

# table NAME LINE ROW: a table with this row is refused with this sentence.
table() {
    start "energy: $1"
    printf 'name,kind,dense,rate\n%s\n' "$3" >table.csv
    spikeq energy --table table.csv
    exits 1
    says "spikeq energy: table.csv: $2"
    prints_nothing
    leaves table.csv
    finish
}
table "a rate above 1" 'line 2: a: rate "1.5", expected a number from 0 to 1' a,ac,10,1.5
table "a rate that is no number" 'line 2: a: rate "nan", expected a number from 0 to 1' a,ac,10,nan
table "negative operations" 'line 2: a: dense "-1", expected a number from 0 to 1e+18' a,ac,-1,0.5
table "an unknown kind" 'line 2: a: kind "pool", expected mac, first, head (multiplied) or ac, conv, linear, ssa (added)' a,pool,1,0.5

refuse 2 "energy: an unknown convention" "spikeq energy: --convention sop: expected exact, paper, syops, spikingjelly, neurobench, lemaire, published or all" energy cifar/none.json --convention sop
refuse 2 "energy: an unknown format" "spikeq energy: --format xml: expected table, json, csv, markdown or latex" energy cifar/none.json --format xml
refuse 2 "energy: an unknown value of a switch" "spikeq energy: --switch pool: value \"yes\", expected one of apart,ac" energy cifar/none.json --switch pool=yes
refuse 1 "energy: no such report" "spikeq energy: cifar/none.json: cannot be opened: No such file or directory" energy cifar/none.json
refuse 1 "energy: no report" "spikeq energy: cifar/config.json: format: \"\", expected spikeq report" energy cifar/config.json

start "energy: rates of a network of three operations"
cat >small.json <<'JSON'
{"name": "small", "recognise": {"head.weight": 2}, "input": "frames", "nodes": [
 {"id": "input", "op": "input", "in": [], "kind": "frames", "channels": 2, "height": 1, "width": 1},
 {"id": "a", "op": "conv", "in": ["input"], "weight": "a", "channels": 8},
 {"id": "a_lif", "op": "neuron", "in": ["a"]},
 {"id": "time", "op": "mean_time", "in": ["a_lif"]},
 {"id": "head", "op": "linear", "in": ["time"], "weight": "head", "channels": 3, "bias": true}]}
JSON
printf '{"architecture": "./small.json", "T": 2, "in_channels": 2, "image_height": 1, "image_width": 1, "classes": 3}' >net.json
printf 'name,rate\nb,0.1\n' >rates.csv
spikeq energy --rates rates.csv --config net.json
exits 1
says "spikeq energy: rates.csv: line 2: b: no such layer, expected one of config net, such as a"
rm small.json net.json rates.csv
leaves
finish

start "energy: a layer without a rate is no zero"
printf 'name,rate\npatch_embed.proj_conv1,0.1\n' >rates.csv
spikeq energy --rates rates.csv --config spikformer-4-384-cifar10
exits 1
says "spikeq energy: rates.csv: patch_embed.proj_conv2: missing, expected the rate of its input"
finish

start "energy: a unit is missing"
printf '{"format": "spikeq-hardware/1", "prices": {"ac": {"energy": 1}}}' >mine.json
printf 'name,kind,dense,rate\na,ac,10,1\n' >table.csv
spikeq energy --table table.csv --hardware ./mine.json
exits 1
says "spikeq energy: ./mine.json: prices.ac.energy: unit missing or unknown, expected the key energy_pj"
finish

start "energy: a profile without a mac price says so"
printf 'name,kind,dense,rate\nfirst,mac,10,\na,ac,10,1\n' >table.csv
spikeq energy --table table.csv --hardware loihi
exits 0
says "spikeq energy: warning: table.csv: profile loihi has no mac price: no energy of paper; choose a profile that has one, or give a file of your own [price-missing]"
finish

start "energy: a report and a live run, any threads and schedule, the same text"
spikeq run $model --quiet --threads 1 --schedule step --batch 1 --report a.json
exits 0
spikeq energy a.json --format csv --convention all
exits 0
tail -n +2 "$top/out" >a.csv
spikeq energy $model --format csv
exits 0
tail -n +2 "$top/out" >b.csv
cmp -s a.csv b.csv || complain "$(diff a.csv b.csv)"
prints_part "ann,0.0,"
leaves a.csv a.json b.csv
finish

start "energy: counters of another network"
spikeq run $model --quiet --report a.json
sed 's/"depth":[^,]*,/"depth": 1,/; s/"graph":/"input_was":/' a.json >b.json
spikeq energy b.json
exits 1
says_like "spikeq energy: b.json: counters.ops: * operations, expected * for config; counters of another network*"
sed 's/"counters":/"counters_": 0, "nothing":/' a.json >b.json
spikeq energy b.json
exits 1
says "spikeq energy: b.json: counters: missing, expected them in the report; run it again with this spikeq"
finish

start "energy: theirs beside ours, with the reason"
printf 'name,dense,rate\npatch_embed.proj_conv1,1179648,0.113\npatch_embed.proj_conv2,18874368,21.4592\n' >theirs.csv
spikeq energy $model --convention paper --compare theirs.csv --format csv
exits 0
prints_part "FLOPs: theirs is one timestep, T is left out"
prints_part "rate: theirs is in percent"
grep -q '^patch_embed.rpe_conv,[0-9.]*,,.*,theirs leaves it out$' "$top/out" || complain "no patch_embed.rpe_conv"
finish

start "energy: the list"
spikeq energy --list
exits 0
for word in exact paper syops spikingjelly neurobench lemaire fp32_45nm loihi syops-names; do prints_part $word; done
finish
