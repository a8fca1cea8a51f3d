# Relatives of Spikformer, whose residual streams are real: replays, prices, what must be asked for, what is
# refused.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
relative() { # SET: $model and $config, and the option of its input
    set=$root/test/golden/$1
    model="--model $set/model.safetensors" config="--config $set/config.json" input="--input $set/input.npy"
}

verified() { # SET POPULATIONS FRAMES FROM...
    start "relatives: replay --verify: $1: $(shift 3 && echo $*)"
    relative $1
    "$spikeq" run --quiet $model $config $input --trace a.db || complain "not recorded"
    frames=$3 populations=$2
    shift 3
    [ "$2" != input ] || set -- "$@" $input
    spikeq replay a.db $model --verify "$@"
    exits 0
    is_silent
    prints_part "verified  $frames frames of $populations computed populations: all equal, logits too"
    leaves a.db
    finish
}
qkv="--from block.0.attn.q_lif --from block.0.attn.k_lif --from block.0.attn.v_lif"
verified spikingformer-cifar-2-64 18 144 --from input
verified spikingformer-cifar-2-64 14 112 --from block.0
verified spikingformer-cifar-2-64 7 56 --from block.1
verified spikingformer-cifar-2-64 13 104 --from block.0.attn.proj_lif
verified spikingformer-cifar-2-64 10 80 $qkv
verified sdt-cifar-2-64 19 152 --from input
verified sdt-cifar-2-64 15 120 --from block.0
verified sdt-cifar-2-64 11 88 $qkv
verified sdt-dvs-1-32 12 60 --from input
verified sdt-dvs-1-32 8 40 --from block.0
verified sdt-dvs-1-32 4 20 $qkv

verified sdt-v2-mean-tiny 35 140 --from input
verified sdt-v2-mean-tiny 8 32 --from block4.0
verified sdt-v3-large-tiny 26 78 --from input
verified sdt-v3-large-tiny 15 45 --from block3.0
verified sdt-v3-large-tiny 3 9 --from block3.1.attn.attn_lif

for set in spikingformer-cifar-2-64 sdt-dvs-1-32 sdt-v3-large-tiny; do
    start "relatives: a trace costs what its report costs: $set"
    published= # of those whose paper has a view
    [ $set = spikingformer-cifar-2-64 ] || published=published
    relative $set
    "$spikeq" run --quiet $model $config $input --trace a.db --report a.json || complain "not recorded"
    for convention in exact paper syops spikingjelly neurobench lemaire $published; do
        for from in a.db a.json; do
            "$spikeq" energy $from --convention $convention --format json 2>/dev/null | sed 's/a\.db/FILE/; s/a\.json/FILE/' >$from.e
        done
        [ "$(wc -c <a.db.e)" -gt 1000 ] || complain "$convention: nothing is priced"
        cmp -s a.db.e a.json.e || complain "$convention: trace and report differ"
    done
    rm a.db.e a.json.e
    leaves a.db a.json
    finish
done

start "relatives: fixed point refuses a leak that is no shift by its node"
relative spikingformer-dvs-1-32
spikeq run $model $config $input --arith fixed
exits 1
says "spikeq run: $set/model.safetensors: fixed point does not run patch_embed.proj1_lif: its tau 1.5 is no power of two, so its leak is no shift; run it in f32"
prints_nothing
relative sdt-plif-1-32
spikeq run $model $config $input --arith fixed
exits 1
grep -q "fixed point does not run patch_embed.proj_lif2: its leak multiplies by 0.75, no power of two, and is no shift; run it in f32" "$top/err" || complain "$(cat "$top/err")"
leaves
finish

for which in spikingformer-cifar-2-64 cml-spikingformer-cifar-1-48 sdt-cifar-2-64 sdt-dvs-1-32; do
    start "relatives: $which in integers: a model of them, threads, trace, replay, energy"
    relative $which
    spikeq quantize $model $config --bits 6 --rounding down -o q.safetensors
    exits 0
    prints_part "stream, by its first layer"
    spikeq run --model q.safetensors $config $input --threads 3 --batch 1 --schedule step --isa scalar --dump a --quiet
    exits 0
    spikeq run $model $config $input --arith fixed --weight-bits 6 --rounding down --dump b --trace t.db --report r.json --quiet
    exits 0
    diff -r a b >/dev/null || complain "the dumps differ"
    grep -q '"streams":' r.json || complain "the report tells no stream"
    spikeq replay t.db --model q.safetensors --from block.0 --verify
    exits 0
    prints_part "all equal, logits too"
    for switch in residual=apart residual=ac; do
        for source in t.db r.json; do
            spikeq energy $source --convention exact --switch $switch --hardware fixed_45nm --format json
            exits 0
            is_silent
            sed 's/"t\.db:/"FILE:/; s/"r\.json:/"FILE:/' "$top/out" >$source.$switch
        done
        cmp -s t.db.$switch r.json.$switch || complain "$switch: trace and report differ"
    done
    cmp -s r.json.residual=apart r.json.residual=ac && complain "additions of streams cost nothing"
    rm -r a b *=*
    leaves q.safetensors r.json t.db
    finish
done

start "relatives: what the weights do not tell is asked for, with its choices"
relative sdt-cifar-2-64
spikeq run $model $input --set T=4
exits 1
says_like "*the weights do not tell \"pooling\", which sdt asks for: four digits, 1 where max pooling follows a stage of the encoder: 1111 (ImageNet), 0011 (CIFAR, CIFAR10-DVS), 0111 (DVS128 Gesture); give --set pooling=VALUE"
spikeq run $model $input --set T=4 --set pooling=0011
exits 1
says_like "*the weights do not tell \"erode\", which sdt asks for: true (what the official code does for CIFAR10-DVS) or false (all else); give --set erode=VALUE"
spikeq run $model $input --set T=4 --set pooling=0021 --set erode=false
exits 1
says_like "*pooling = 0021 is not four digits 0 or 1"
spikeq run $model $input --set T=4 --set pooling=0011 --set erode=maybe
exits 1
says_like "*erode = maybe is neither true nor false"
"$spikeq" run $model $config $input --quiet --dump a || complain "not run"
spikeq run $model $input --set T=4 --set pooling=0011 --set erode=false --quiet --dump b
exits 0
cmp -s a/logits.npy b/logits.npy || complain "other logits than by its configuration"
rm -r a b
leaves
finish

start "relatives: SDT-V3 large: other names of it; what its weights do not tell; two classifiers"
relative sdt-v3-large-tiny
spikeq run $model $input
exits 1
says_like "*the weights do not determine \"heads\"; give --config NAME or --set heads=N"
sed 's/"family": "sdt-v3-large"/"family": "e-spikeformer"/' "$set/config.json" >named.json
sed 's/"family": "sdt-v3-large"/"family": "sdt-v2"/' "$set/config.json" >wrong.json
spikeq run $model --config named.json $input --quiet --dump a
exits 0
"$spikeq" run $model $config $input --quiet --dump b || complain "not run"
cmp -s a/logits.npy b/logits.npy || complain "other logits than by its own name"
spikeq run $model --config wrong.json $input
exits 1
says_like "*the weights are those of the architecture sdt-v3-large, the configuration says sdt-v2; wrong --config?"
spikeq run $model $config $input --set max=8
exits 1
says_like "*\"max\" is 8; it must lie in 1..7"
spikeq run $model $config $input --report r.json --trace a.db
prints_part "dense additions take each input as one spike; neurons here send up to 4 at once, so a share may exceed 100 %"
grep -q '"most_spikes":.*4' r.json || complain "the report does not say how many spikes a neuron sends at once"
python3 -B -c 'import json; s = {x["name"]: (x["kind"], x["source"], x["macs"] > 0) for x in json.load(open("r.json"))["synapses"]}
print(s["head"], s["head_kd"])' >kinds
echo "('head', 'block3.1.out', True) ('linear', 'lif', False)" | cmp -s - kinds || complain "$(cat kinds)"
spikeq analyze a.db $model $config
exits 1
says_like "*the classifier reads reals (block3.1.out), and a trace holds spikes"
rm -r a b kinds
leaves a.db named.json r.json wrong.json
finish

start "relatives: SDT-V2: what its classifier reads is assumed, and said, unless it is given"
relative sdt-v2-mean-tiny
given="--set heads=2 --set T=2"
spikeq run $model $input $given --report r.json --trace a.db
exits 0
says "spikeq run: warning: config (from the weights): the value of head_reads (spikes) is assumed, its source does not state it; if you know it, give it by --set KEY=VALUE [assumed-configuration]"
prints_part "assumed   head_reads (spikes): the source of (from the weights) does not state it; --set overrides it"
grep -q '"assumed-configuration"' r.json || complain "the report does not say it"
spikeq inspect a.db
prints_part "head_reads"
spikeq run $model $input $given --set head_reads=spikes --quiet --strict
exits 0
is_silent
spikeq run $model $config $input --quiet --strict
exits 0
spikeq run $model $input $given --set head_reads=both
exits 1
says_like "*head_reads = both is neither spikes (*) nor mean (*)"
leaves a.db r.json
finish

start "relatives: weights that fit several architectures"
relative spikingformer-dvs-1-32
spikeq run $model $input --set T=5 --set heads=2
exits 1
says "spikeq run: $set/model.safetensors: its weights fit cml-spikingformer-dvs, spikingformer-dvs alike, and cannot tell which they are; give --architecture NAME, or a configuration that names it"
prints_nothing
spikeq run $model $input --set T=5 --set heads=2 --architecture spikingformer-dvs --quiet --dump a
exits 0
"$spikeq" run $model $config $input --quiet --dump b || complain "not run"
cmp -s a/logits.npy b/logits.npy || complain "other logits than by its configuration"
spikeq run $model $input --set T=5 --set heads=2 --architecture spikformer-cifar10
exits 1
rm -r a b
leaves
finish

start "run --dump-reals"
relative cml-spikingformer-cifar-1-48
spikeq run $model $config $input --quiet --dump-reals
exits 2
says "spikeq run: --dump-reals adds to what --dump writes: give that too; see spikeq run --help"
spikeq run --model nowhere --input nowhere --dump-reals
exits 2
says "spikeq run: --dump-reals adds to what --dump writes: give that too; see spikeq run --help"
spikeq run $model $config $input --quiet --dump a --dump-reals
exits 0
(cd a && ls ./*.npy | grep -v -e head_in -e logits) >names
(cd a/preact && ls ./*.npy) | cmp -s - names || complain "other names than those of spikes"
rm names
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --arith fixed --dump b --dump-reals
exits 1
says "spikeq run: --dump-reals: this network runs in integers; run it in f32"
leaves a
finish
