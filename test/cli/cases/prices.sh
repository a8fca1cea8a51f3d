# What makes a price doubtful: warned of by name, by energy and analyze alike; a price that the profile
# lacks leaves the energy open, in every format, instead of 0.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
model="--model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"

# doubts WARNING ARGUMENT...: energy and analyze of run.db give this one warning, and none with --strict.
doubts() {
    line=$1
    shift
    spikeq energy run.db "$@"
    exits 0
    says "spikeq energy: warning: run.db: $line"
    spikeq analyze run.db "$@"
    exits 0
    says "spikeq analyze: warning: run.db: $line"
    spikeq analyze run.db "$@" --strict
    exits 1
    prints_nothing
}

start "prices: a run in integers"
spikeq run $model --arith fixed --quiet --trace run.db
doubts "the run computed in integers, profile fp32_45nm prices float32; spikeq energy --convention exact --hardware fixed_45nm prices every addition by its width [float-prices]"
spikeq diff run.db run.db
says "spikeq diff: warning: run.db: the run computed in integers, profile fp32_45nm prices float32; spikeq energy --convention exact --hardware fixed_45nm prices every addition by its width [float-prices]"
doubts "a run in integers, which profile fixed_45nm prices by width in convention exact alone, all others as float32; --convention exact [float-prices]" --hardware fixed_45nm
spikeq analyze run.db --hardware int8_45nm
is_silent
leaves run.db
finish

# By width: the total is the layers' sum and the convention's, and no sample's or class's is known.
start "prices: a run in integers, by width, in an analysis"
spikeq run $model --arith fixed --quiet --trace run.db --report run.json
spikeq analyze run.db --hardware fixed_45nm --json a.json
spikeq energy run.json --hardware fixed_45nm --convention exact --format json
python3 - "$top/out" <<'END' || complain "other prices"
import json, sys
energy = json.load(open(sys.argv[1]))["sheets"][0]["rows"][0]["energy_mj"]
cost = json.load(open("a.json"))["traces"][0]["cost"]
assert cost["energy_mj_per_sample"] == energy == cost["conventions"][0]["energy_mj_per_sample"]
layers = sum(layer["energy_mj_per_sample"] for layer in cost["layers"])
assert abs(layers - energy) < 1e-12 * energy and cost["energy_mj_sd"] is None
END
leaves a.json run.db run.json
finish

# An older report does not say how wide its adders are.
start "prices: widths that nobody knows"
spikeq run $model --arith fixed --quiet --report run.json
sed 's/"adder_bits":[^,]*,//; s/"factor_bits":[^,]*,//' run.json >old.json
spikeq energy old.json --hardware fixed_45nm
exits 0
says "spikeq energy: warning: old.json: a run in integers, but it does not give the widths of its adders: profile fixed_45nm prices all as float32; record or run it again [unknown-widths]"
leaves old.json run.json
finish

# A trace of an older spikeq does not say how wide its adders are: nobody prices it silently.
start "prices: a trace without adders"
cp "$root/test/traces/format1/fixed.db" run.db
chmod u+w run.db
python3 - <<'END'
import hashlib, sqlite3
moves = "command complete description input_path input_recordings model_path parent_path shard_from warnings".split()
with sqlite3.connect("run.db") as trace:
    trace.execute("delete from meta where key = 'adders'")
    meta = sorted(trace.execute("select key, value from meta"))
    lines = ["meta %s = %s" % row for row in meta if row[0] not in moves]
    for row in trace.execute("select * from population order by id"):
        lines.append("population %d = %s %s %s %s %d %d " % row[:7] + "%.17g" % (row[8] or 0))
    for row in trace.execute("select * from synapse order by id"):
        lines.append("synapse %d = %s %s %s %s %d %d %d %d" % row)
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    trace.execute("update meta set value = ? where key = 'description'", (digest,))
END
doubts "a run in integers, but it does not give the widths of its adders: profile fixed_45nm prices all as float32; record or run it again [unknown-widths]" --hardware fixed_45nm
leaves run.db
finish

start "prices: a profile without a price of multiply-accumulates"
spikeq run $model --quiet --trace run.db
doubts "profile loihi has no mac price: no energy of exact, paper, syops and 3 more; choose a profile that has one, or give a file of your own [price-missing]" --hardware loihi
spikeq energy run.db --hardware loihi --format json
spikeq_energy=$top/loihi.json
cp "$top/out" "$spikeq_energy"
spikeq analyze run.db --hardware loihi --json a.json
python3 - "$spikeq_energy" <<'END' || complain "an energy without a price"
import json, sys
rows = json.load(open(sys.argv[1]))["sheets"][0]["rows"]
energies = {row["convention"]: row["energy_mj"] for row in rows}
assert energies.pop("lemaire") > 0 and len(energies) == 6, "lemaire has prices of its own"
assert all(energy is None for energy in energies.values()), energies
assert all(row["ANN / this"] is None for row in rows)
cost = json.load(open("a.json"))["traces"][0]["cost"]
priced = {layer["name"]: layer["energy_mj_per_sample"] for layer in cost["layers"]}
assert priced["patch_embed.proj_conv"] is None and priced["head"] is None
assert priced["patch_embed.proj_conv1"] > 0, "its additions have a price"
assert cost["energy_mj_per_sample"] is None and cost["mac_energy_pj"] is None
assert cost["ann"]["energy_mj_per_sample"] is None
END
leaves a.json run.db
finish

# Event counts of a camera enter as events: the head alone multiplies.
start "prices: a profile without a price of additions"
printf 'name,kind,dense,rate\nfirst,mac,10,\na,ac,10,1\n' >table.csv
spikeq energy --table table.csv --hardware device_titan_black --format csv
exits 0
says "spikeq energy: warning: table.csv: profile device_titan_black has no ac price: no energy of paper; choose a profile that has one, or give a file of your own [price-missing]"
prints_part "first,mac,10.0,1.0,10.0,3000.0"
prints_part "a,ac,10.0,1.0,10.0,"
prints_part "total,,20.0,,20.0,"
leaves table.csv
finish

# Rates of a published network whose source does not state the heads: paper and syops depend on them.
start "prices: an assumed number of heads"
python3 - <<'END'
layers = ["patch_embed.proj_conv1", "patch_embed.proj_conv2", "patch_embed.proj_conv3", "patch_embed.rpe_conv"]
for block in range(2):
    layers += ["block.%d.%s" % (block, part) for part in
               ("attn.q_linear attn.k_linear attn.v_linear attn.proj_linear mlp.fc1_linear mlp.fc2_linear "
                "attn.q_lif attn.k_lif attn.v_lif").split()]
open("rates.csv", "w").write("name,rate\n" + "".join(layer + ",0.1\n" for layer in layers))
END
SPIKEQ_CONFIGS=$root/configs spikeq energy --rates rates.csv --config spikformer-2-384-cifar10
exits 0
says_like "spikeq energy: warning: config spikformer-2-384-cifar10: the value of heads is assumed, *[[]assumed-configuration]"
prints_part "paper "
leaves rates.csv
finish

# What a table stands on is in its title: the profile, and switches that are not the default.
start "prices: the title says on what they stand"
spikeq run $model --quiet --report run.json
spikeq energy run.json
holds "$(sed -n 1,2p "$top/out" | tr '\n' ' ')" "run.json: energy per sample (config, T = 4, 2 samples, hardware fp32_45nm) convention       G ACs      G MACs  energy, mJ  ANN / this "
spikeq energy run.json --hardware int8_45nm --switch integers=units --switch pool=ac --format markdown
prints_part "### run.json: energy per sample (config, T = 4, 2 samples, hardware int8_45nm, integers=units, pool=ac)"
spikeq quantize --model cifar/model.safetensors --config cifar/config.json --bits 8 --calibrate cifar/input.npy
prints_part "energy    convention exact, hardware fixed_45nm"
leaves run.json
finish

# Samples are counted under default switches: one that would change nothing is refused.
start "prices: a switch that samples do not know"
spikeq run $model --quiet --report run.json
spikeq energy run.json --per sample --switch integers=units
exits 1
says "spikeq energy: --per sample, class: samples are counted under default switches, and --switch integers=units would change nothing; leave it out"
spikeq energy run.json --per sample --switch syops-max=30
exits 0
leaves run.json
finish

refuse 2 "prices: a switch of another convention" "spikeq energy: --switch syops-max=30: decides nothing of convention exact" energy cifar/none.json --convention exact --switch syops-max=30
refuse 2 "prices: a table has no layers" "spikeq energy: --table: rate x FLOPs leaves nothing to --switch, --per or --compare" energy --table cifar/none.csv --per layer
