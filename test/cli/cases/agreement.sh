# A run's report and its trace give the same prices to the last digit: all conventions, several profiles,
# every way to divide them, in floats and in integers of several widths.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose

# prices SOURCE: every figure, warning and note, without the name of its source.
prices() {
    for hardware in fp32_45nm fixed_45nm int8_45nm loihi; do
        "$spikeq" energy "$1" --hardware $hardware --format json
        for per in layer block timestep; do
            "$spikeq" energy "$1" --hardware $hardware --per $per --format json
        done
    done 2>&1 | sed "s|$1|SOURCE|g"
    for switch in zero-weights=skipped integers=units first-layer=nonzero; do
        "$spikeq" energy "$1" --switch $switch --format json
    done 2>&1 | sed "s|$1|SOURCE|g"
    "$spikeq" energy "$1" --per sample --format csv 2>&1 | sed "s|$1|SOURCE|g"
    "$spikeq" energy "$1" 2>&1 | sed "s|$1|SOURCE|g"
}

# agree NAME SET OPTION...: of a run with these options.
agree() {
    start "prices of a report and of its trace: $1"
    set=$2
    shift 2
    spikeq run --model $set/model.safetensors --config $set/config.json --input $set/input.npy "$@" --trace t.db --report r.json --quiet
    exits 0
    prices r.json >r
    prices t.db >t
    cmp -s r t || complain "they differ: $(diff r t | head -n 10)"
    [ "$(grep -c energy_mj r)" -gt 20 ] || complain "no prices: $(head -c 300 r)"
    leaves r r.json t t.db
    finish
}

agree "f32" odd
agree "f32, frames of events" dvs
agree "f32, counts alone" odd --trace-detail counts
for set in odd dvs; do
    agree "$set, q1.7" $set --arith fixed
    agree "$set, q3.13" $set --arith fixed --weight-bits 16 --pixel-bits 8
    agree "$set, 4 bits by layer" $set --arith fixed --weight-bits 4 --scale layer --rounding down
    agree "$set, 12 bits, membranes of 24" $set --arith fixed --weight-bits 12 --pixel-bits 6 --membrane-bits 24
done
