# Replay: from every point of the golden sets, what-ifs, and what is refused.
# needs: python3 sqlite3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose

# record SET [OPTION...]: a.db of a golden set; $with is its model.
record() {
    set=$1
    shift
    "$spikeq" run --quiet --model $set/model.safetensors --config $set/config.json \
        --input $set/input.npy --trace a.db "$@" || complain "not recorded"
    with="--model $set/model.safetensors"
}

qkv="--from block.0.attn.q_lif --from block.0.attn.k_lif --from block.0.attn.v_lif"
verified() { # SET POPULATIONS FRAMES SAMPLES FROM...
    start "replay --verify: $1: $(shift 4 && echo $*)"
    record $1
    frames=$3 populations=$2 samples=$4
    shift 4
    spikeq replay a.db $with --verify "$@"
    exits 0
    is_silent
    prints_part "verified  $frames frames of $populations computed populations: all equal, logits too"
    prints_part "classes   0 of $samples predictions changed"
    leaves a.db
    finish
}
verified cifar 19 152 2 --from input --input cifar/input.npy
verified cifar 14 112 2 --from block.0
verified cifar 7 56 2 --from block.1
verified cifar 0 0 2 --from block.2
verified cifar 17 136 2 --from patch_embed.proj_lif1
verified cifar 11 88 2 $qkv
verified odd 12 108 3 --from input --input odd/input.npy
verified odd 7 63 3 --from block.0
verified odd 10 90 3 --from patch_embed.proj_lif1
verified odd 4 36 3 $qkv
verified dvs 12 96 2 --from input --input dvs/input.npy
verified dvs 12 96 2 --from input
verified dvs 7 56 2 --from block.0
verified dvs 10 80 2 --from patch_embed.proj_lif1
verified dvs 4 32 2 $qkv

start "replay --verify: any threads, batch, schedule"
record cifar
for how in "--threads 1 --batch 1" "--threads 3 --schedule step" "--batch 2 --isa scalar"; do
    spikeq replay a.db $with --from block.0 --verify --quiet $how
    exits 0
    is_silent
    prints_nothing
done
finish

start "replay --verify --samples"
record odd
spikeq replay a.db $with --from block.0 --verify --samples 1
exits 0
prints_part "verified  21 frames of 7 computed populations: all equal, logits too"
prints_part "classes   0 of 1 prediction changed"
finish

start "replay without a model tells the run again"
record odd
"$spikeq" run --quiet --model odd/model.safetensors --config odd/config.json --input odd/input.npy --report run.json
spikeq replay a.db --json
exits 0
is_silent
sed '/"timing"/q' run.json >want
sed '/"timing"/q' "$top/out" | cmp -s - want || complain "another report"
spikeq replay a.db
exits 0
prints_part "input     npy float32 [3,3,28,20], as stored"
prints_part "patch_embed.proj_lif "
leaves a.db run.json want
finish

start "energy: a trace is priced as its report"
record odd
"$spikeq" run --quiet --model odd/model.safetensors --config odd/config.json --input odd/input.npy --report a.js
for format in table json csv markdown latex; do
    spikeq energy a.js --format $format
    exits 0
    sed 's/a\.js/FILE/' "$top/out" >want
    spikeq energy a.db --format $format
    exits 0
    is_silent
    sed 's/a\.db/FILE/' "$top/out" | cmp -s - want || complain "$format differs"
done
finish

# A neuron of block.0.attn.k_lif that fires or not, against what is stored: its checksum fits.
start "replay --verify names a flipped neuron"
record odd
python3 - <<'END' 2>"$top/err" || complain "$(cat "$top/err")"
import sqlite3, zlib
db = sqlite3.connect("a.db")
id, spikes, data = db.execute("""SELECT f.id, spikes, data FROM frame f JOIN population p ON p.id = population
    WHERE sample = 2 AND timestep = 1 AND name = 'block.0.attn.k_lif'""").fetchone()
encoding, = db.execute("SELECT encoding FROM frame WHERE id = ?", (id,)).fetchone()
channels, rows = 48, 35
fires = set()
if encoding == 1:
    fires = {i for i in range(rows * channels) if data[i // 8] >> i % 8 & 1}
else:
    at = -1
    for byte in data:
        at += 255 if byte == 255 else byte + 1
        if byte < 255:
            fires.add(at)
fires ^= {17 * channels + 5}
bits = bytearray((rows * channels + 7) // 8)
for i in fires:
    bits[i // 8] |= 1 << i % 8
crc = zlib.crc32(id.to_bytes(8, "little") + len(fires).to_bytes(8, "little") + bytes((1, 0)) + bytes(bits))
db.execute("UPDATE frame SET spikes = ?, encoding = 1, data = ?, checksum = ? WHERE id = ?",
           (len(fires), bytes(bits), crc, id))
db.commit()
END
spikeq replay a.db $with --from block.0 --verify
exits 1
is_silent
prints_part "verified  63 frames of 7 computed populations: 1 neuron differs; logits of 0 samples differ"
prints_part "first     sample 2, timestep 1, block.0.attn.k_lif[17,5]: fires in "
prints_part "block.0.attn.k_lif       1 of "
finish

start "replay names a frame with a stale checksum"
record odd
sqlite3 a.db "UPDATE frame SET data = zeroblob(length(data)) WHERE sample = 1 AND timestep = 2 AND population = 5"
spikeq replay a.db $with --from block.0 --verify
exits 1
says "spikeq replay: a.db: sample 1, timestep 2, block.0.attn.q_lif: the frame has a wrong checksum; the file was damaged"
prints_nothing
finish

start "replay --silence: what if"
record cifar
spikeq replay a.db $with --silence 'block.1.attn.q_lif[head=2]' --threads 1
exits 0
is_silent
prints_part "change    silence block.1.attn.q_lif[head=2]"
grep -Eq "^block.1.attn.q_lif +injected " "$top/out" || complain "q is not injected"
grep -Eq "^block.0.attn.q_lif +as recorded .* 0.000\$" "$top/out" || complain "upstream runs"
grep -Eq "^block.1.attn.attn_lif +computed " "$top/out" || complain "attn is not computed"
leaves a.db
finish

start "replay --silence all: nothing is sent"
record cifar
spikeq replay a.db $with --silence block.1.attn.v_lif --json
exits 0
is_silent
python3 - "$top/out" <<'END' 2>"$top/err" || complain "$(cat "$top/err")"
import json, sys
said = json.load(open(sys.argv[1]))
of = {p["name"]: p for p in said["populations"]}
assert said["change"] == "silence block.1.attn.v_lif" and "verify" not in said
assert of["block.1.attn.v_lif"]["spikes"] == 0 < of["block.1.attn.v_lif"]["spikes_recorded"]
assert of["block.1.attn.attn_lif"]["spikes"] == 0
assert said["additions"] < said["additions_recorded"]
END
finish

start "replay --drop: the seed decides"
record cifar
for seed in 1 1 2; do
    spikeq replay a.db $with --from block.0 --drop 0.5 --seed $seed --threads $((1 + seed)) --json
    exits 0
    mv "$top/out" out$seed$(ls | grep -c out)
done
cmp -s out10 out11 || complain "the same seed, other spikes"
cmp -s out11 out22 && complain "another seed, the same spikes"
finish

start "replay --trace names its parent"
record dvs
spikeq replay a.db $with --from block.0 --trace b.db --quiet
exits 0
is_silent
parent=$("$spikeq" inspect --digest a.db | cut -d' ' -f1)
holds "$("$spikeq" inspect --digest b.db | cut -d' ' -f1)" "$parent"
holds "$(sqlite3 b.db "SELECT value FROM meta WHERE key IN ('parent', 'parent_path', 'change') ORDER BY key")" \
    "none
$parent
a.db"
spikeq replay b.db $with --from input --verify --quiet
exits 0
spikeq replay a.db $with --from block.0 --shift 1 --trace c.db --quiet
exits 0
holds "$(sqlite3 c.db "SELECT value FROM meta WHERE key = 'change'")" "shift 1"
spikeq diff a.db c.db --quiet
exits 2
spikeq diff a.db c.db
exits 1
leaves a.db b.db c.db
finish

start "replay --trace: the populations that take part"
record dvs --trace-populations 'patch_embed.proj_lif3,patch_embed.rpe_lif,block.*'
spikeq replay a.db $with --from block.0 --trace b.db --quiet
exits 0
spikeq diff a.db b.db
exits 0
finish

start "replay --trace --force onto its own parent"
record odd
cp a.db b.db
spikeq replay a.db $with --from block.0 --trace a.db --force --quiet
exits 0
spikeq diff a.db b.db
exits 0
leaves a.db b.db
finish

start "another model is computed, and said to be another"
record odd
cp odd/model.safetensors m.safetensors
printf '\1\2\3' | dd of=m.safetensors bs=1 seek=30000 conv=notrunc 2>"$top/err"
spikeq replay a.db --model m.safetensors --from block.0
exits 0
prints_part "model     m.safetensors (not the recorded one: another SHA-256)"
finish

# fails STATUS NAME LINE ARGUMENT...: the complaint of a replay of a.db; nothing is left behind.
fails() {
    want_status=$1 want_line=$3
    start "replay: $2"
    shift 3
    record odd $record_with
    spikeq replay a.db "$@"
    exits "$want_status"
    says "spikeq replay: $want_line"
    prints_nothing
    leaves a.db
    finish
}
record_with=
odd="--model odd/model.safetensors"
fails 1 "a network of another depth" 'cifar/model.safetensors: tensor "block.*.attn.q_linear.weight" gives depth = 2, the configuration says 1; wrong --config?' --model cifar/model.safetensors --from block.0
fails 1 "a network of another layout" "dvs/model.safetensors: no tensor \"block.0.attn.q_linear.weight\": the weights are those of the architecture spikformer-cifar10dvs, the configuration says spikformer-cifar10; wrong --config?" --model dvs/model.safetensors --from block.0
fails 1 "another configuration" "a.db: has 3 timesteps, the network 4; wrong --config?" $odd --config odd/config.json --set T=4 --from block.0
fails 1 "another input" "cifar/input.npy: is not the recorded input: its SHA-256 is 86dd3cd291c3..., a.db was recorded from d6b5160ee61e..." $odd --from input --input cifar/input.npy
fails 2 "no input" "--from input: the trace holds no events of the input; give --input FILE" $odd --from input
fails 1 "no model" "m: cannot be opened: No such file or directory" --model m --from block.0
fails 2 "no such population" "--from block.7: the network has no such population and no such module; give a path of spikeq graph, or input" $odd --from block.7
fails 2 "no --from" "where does the replay begin? --from NAME: a population, a module such as an encoder block, or input" $odd --verify
fails 2 "--from without a model" "--model is missing: a replay computes; see spikeq replay --help" --from block.0
fails 2 "--samples without a model" "--samples goes with --model or --stream; without them the whole run is shown; see spikeq replay --help" --samples 1
fails 1 "no such sample" "a.db: holds no such samples" $odd --from block.0 --samples 7
fails 2 "no range" "--samples 3:1: expected sample numbers: 7, 10:20 (20 is out), 10: or :20" $odd --from block.0 --samples 3:1
fails 2 "--drop without --seed" "--drop needs --seed, so that it can be done again; see spikeq replay --help" $odd --from block.0 --drop 0.1
fails 2 "--drop without --from" "--drop and --shift change what --from injects: it is missing; see spikeq replay --help" $odd --drop 0.1 --seed 1
fails 2 "--drop of pixels" "--drop and --shift change injected spikes, and --from input injects none; begin at a population" $odd --from input --input odd/input.npy --drop 0.1 --seed 1
for p in 2 -0.1 nan x ""; do
    fails 2 "--drop '$p'" "--drop $p: expected a probability, 0 to 1; see spikeq replay --help" $odd --from block.0 --seed 1 --drop "$p"
done
fails 2 "--shift x" "--shift x: expected a whole number of timesteps; see spikeq replay --help" $odd --from block.0 --shift x
fails 2 "--verify of a change" "--verify compares with the recording; --drop, --silence and --shift change it; see spikeq replay --help" $odd --from block.0 --verify --silence block.0.attn.q_lif
fails 2 "--silence upstream" "--silence: patch_embed.proj_lif lies upstream of --from and takes no part; begin there" $odd --from block.0 --silence patch_embed.proj_lif
fails 2 "--silence of nobody" "--silence nobody: matches no population of the network" $odd --silence nobody
fails 2 "--silence of no head" "--silence: block.0.attn.q_lif has 4 heads, numbered from 0" $odd --silence 'block.0.attn.q_lif[head=4]'
fails 2 "--trace onto an existing file" "a.db: already exists; --force replaces it, --resume continues it" $odd --from block.0 --trace a.db
fails 2 "--trace-codec without --trace" "--trace is missing: its options say how to record one; see spikeq replay --help" $odd --from block.0 --trace-codec zstd
record_with="--trace-populations patch_embed.*"
fails 1 "what was not recorded" "block.0.attn.q_lif: its spikes were not recorded, and this --from needs them; record more populations, or begin elsewhere" $odd --from block.0.attn.q_lif
record_with="--trace-detail counts"
fails 1 "counts only" "a.db: holds counts only, no spikes: record it again with --trace-detail spikes, or begin at input" $odd --from block.0
fails 1 "counts only, to be verified" "a.db: holds counts only, no spikes: record it again with --trace-detail spikes" $odd --from input --input odd/input.npy --verify

refuse 1 "replay: no trace" "spikeq replay: none.db: cannot be opened: No such file or directory" replay none.db --model odd/model.safetensors --from block.0
refuse 1 "replay: not a trace" "spikeq replay: odd/input.npy: is not a trace (not an SQLite file)" replay odd/input.npy --model odd/model.safetensors --from block.0
refuse 1 "replay: not a trace, without a model" "spikeq replay: odd/input.npy: is not a trace (not an SQLite file)" replay odd/input.npy

start "a trace without operations is replayed, but not recorded again"
record odd
python3 - <<'END' 2>"$top/err" || complain "$(cat "$top/err")"
import sqlite3, zlib
db = sqlite3.connect("a.db")
for id, prediction, logits in db.execute("SELECT id, prediction, logits FROM sample").fetchall():
    row = b"".join(n.to_bytes(8, "little", signed=True) for n in (id, -1, prediction)) + logits
    db.execute("UPDATE sample SET operations = NULL, checksum = ? WHERE id = ?", (zlib.crc32(row), id))
db.commit()
END
spikeq replay a.db $with --from block.0 --verify
exits 0
prints_part "rates     the trace holds no operations: no comparison of rates and operations"
spikeq replay a.db $with --from block.0 --trace b.db
exits 1
says "spikeq replay: a.db: sample 0 was recorded without operations: a new trace could not be priced; replay without --trace"
leaves a.db
finish
