# One price: energy of a trace, energy of its report and analyze give the same numbers to the last digit,
# for every arithmetic, convention, operation and timestep; and the same warnings.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
model="--model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"
profiles="fp32_45nm fixed_45nm int8_45nm loihi spinnaker2"

# agree: the numbers of run.db and run.json by $hardware.
agree() {
    for part in layer "timestep --convention exact"; do
        spikeq energy run.db --hardware $hardware --per $part --format json
        sed 's/run\.db/run/' "$top/out" >"${part%% *}.json"
        sed 's/run\.db/run/' "$top/err" >"${part%% *}.err"
        spikeq energy run.json --hardware $hardware --per $part --format json
        sed 's/run\.json/run/' "$top/out" | cmp - "${part%% *}.json" || complain "$hardware: the report has another energy"
        sed 's/run\.json/run/' "$top/err" | cmp - "${part%% *}.err" || complain "$hardware: the report has another warning"
    done
    spikeq analyze run.db --hardware $hardware --json analysis.json --force
    sed 's/run\.db/run/; s/spikeq analyze/spikeq energy/' "$top/err" | cmp - layer.err || complain "$hardware: analyze has another warning"
    python3 - "$arith" "$hardware" <<'PYTHON' || complain "$arith, $hardware: analyze has other numbers"
import json, sys

def sheet(path, name):
    rows = next(s for s in json.load(open(path))["sheets"] if s["name"] == name)["rows"]
    return {row[next(iter(row))]: row for row in rows}

def same(got, want, *what):
    assert got == want, (what, got, want)

def same_energy(mj, pj, *what):
    same(mj, None if pj is None else pj / 1e9, *what)

analysis = json.load(open("analysis.json"))["traces"][0]
cost, samples = analysis["cost"], analysis["samples"]
summary = sheet("layer.json", "summary")
by_width = sys.argv[1] != "f32" and sys.argv[2] == "fixed_45nm"
same(cost["hardware"], sys.argv[2])
same(cost["adders"], "by width" if by_width else "of the profile")
same(cost["energy_mj_per_sample"], summary["exact"]["energy_mj"], "exact")
same(cost["ann"]["energy_mj_per_sample"], summary["ann"]["energy_mj"], "ann")
same({c["name"] for c in cost["conventions"]} | {"ann"}, set(summary), "conventions")
for convention in cost["conventions"]:
    name, rows = convention["name"], sheet("layer.json", "layers_" + convention["name"])
    same(convention["energy_mj_per_sample"], summary[name]["energy_mj"], name)
    same(convention["additions_per_sample"] / 1e9, summary[name]["G ACs"], name)
    same(convention["macs_per_sample"] / 1e9, summary[name]["G MACs"], name)
    for layer in convention["layers"]:
        row, what = rows[layer["name"]], (name, layer["name"])
        same_energy(layer["energy_mj_per_sample"], row["energy_pj"], *what)
        same(layer["additions_per_sample"], row["ACs"], *what)
        same(layer["macs_per_sample"], row["MACs"], *what)
for layer in cost["layers"]:
    row, name = sheet("layer.json", "layers_exact")[layer["name"]], layer["name"]
    same_energy(layer["energy_mj_per_sample"], row["energy_pj"], name)
    same(layer["additions"] / samples, row["ACs"], name)
    same(layer["macs"] / samples, row["MACs"], name)
    same(sum(layer["additions_per_timestep"]), layer["additions"], name)
    same("adder_bits" in layer, by_width and layer["kind"] != "neuron" and name != "head", name)
for t, row in sheet("timestep.json", "timesteps_exact").items():
    energy = cost["energy_mj_per_sample_per_timestep"][int(t)]
    same(None if energy is None else energy * 1e9, row["energy_pj"], t)
    same(sum(layer["additions_per_timestep"][int(t)] for layer in cost["layers"]) / samples, row["ACs"], t)
if cost["energy_mj_per_sample"] is not None:
    total = sum(cost["energy_mj_per_sample_per_timestep"])
    assert abs(total - cost["energy_mj_per_sample"]) <= 1e-14 * total, "the timesteps are not the run"
PYTHON
}

for arith in f32 "fixed --weight-bits 8" "fixed --weight-bits 16"; do
    start "prices agree: --arith $arith"
    spikeq run $model --arith $arith --quiet --trace run.db --report run.json
    exits 0
    for hardware in $profiles; do
        agree
    done
    rm -f analysis.json layer.* timestep.*
    leaves run.db run.json
    finish
done

# What exact reports apart is what its switches add.
start "prices agree: what is reported apart"
spikeq run $model --quiet --report run.json
spikeq energy run.json --convention exact --format json
cp "$top/out" plain.json
for switch in bias=own bias=all batch-norm=mac pool=ac residual=ac; do
    spikeq energy run.json --convention exact --switch $switch --format json
    cp "$top/out" $switch.json
done
python3 - <<'PYTHON' || complain "other numbers apart"
import json, re

def exact(name):
    sheet = json.load(open(name + ".json"))["sheets"][0]
    row = sheet["rows"][0]
    return round(1e9 * row["G ACs"], 3), round(1e9 * row["G MACs"], 3), sheet["notes"]

acs, macs, notes = exact("plain")
note = next(text for text in notes if text.startswith("exact reports apart"))
apart = {how: float(n) for n, how in re.findall(r"([0-9.]+) [^,(]*\(([^)]*)\)", note)}
assert len(apart) == 6 and apart.pop("a profile with neuron_update") > 0, apart
for switch, n in apart.items():
    more_acs, more_macs, _ = exact(switch)
    own = apart["bias=own"] if switch == "bias=all" else 0
    assert abs(more_acs - acs + more_macs - macs - own - n) < 0.01 and n > 0, (switch, n)
PYTHON
rm ./*=*.json plain.json
leaves run.json
finish
