# spikeq analyze: every CSV table holds the figures of the JSON, number by number; other inputs make no pairs.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154 # options are split on purpose
golden="--model cifar/model.safetensors --config cifar/config.json"
start "analyze --csv is analyze --json, number by number"
printf '\000\000\010\001\000\000\000\002\003\001' >labels.idx
spikeq run $golden --input cifar/input.npy --labels labels.idx --quiet --trace a.db
exits 0
spikeq analyze a.db $golden --json a.json --csv csv
exits 0
python3 - <<'END' >"$top/err" 2>&1 || complain "$(tail -n 3 "$top/err")"
import csv, json, pathlib
trace = json.load(open("a.json"))["traces"][0]
populations = {p["name"]: p for p in trace["populations"]}
checked = 0

def rows(name):
    for row in csv.DictReader(open(f"csv/{name}.csv")):
        yield populations.get(row.get("population")), row

def at(value, path):
    for key in path.split("/"):
        value = None if value is None else value[key] if isinstance(value, dict) else value[int(key)]
    return value

def same(cell, value, where):
    global checked
    checked += 1
    if isinstance(value, bool):
        value = int(value)
    assert (cell == "" if value is None else cell != "" and abs(float(cell) - value) <= 1e-14 * abs(value)), f"{where}: {cell}, not {value}"

def same_rates(p, row, kind, index):
    for column, part in (("rate", "mean"), ("rate_sd", "sd"), ("rate_low", "low"), ("rate_high", "high")):
        same(row[column], p[f"rate_per_{kind}"][part][index], f"{kind} {row}")

for kind in ("channel", "token", "head", "timestep"):
    n = {}
    for p, row in rows(kind + "s"):
        index = n.setdefault(row["population"], 0)
        assert int(row[kind]) == index, row
        same_rates(p, row, kind, index)
        n[row["population"]] += 1
    for name, p in populations.items():
        assert n.get(name, 0) == len(p.get(f"rate_per_{kind}", {"mean": []})["mean"]), (kind, name)
for p, row in rows("timesteps"):
    t = int(row["timestep"])
    same(row["spikes"], p["spikes_per_timestep"][t], row)
    same(row["first_spikes"], p["time"]["first_spikes_per_timestep"][t], row)
    same(row["product_saved_spikes"], p["product_sparsity"]["saved_spikes_per_timestep"][t], row)
for p, row in rows("populations"):
    for column, path in {"neurons": "neurons", "tokens": "tokens", "channels": "channels", "spikes": "spikes",
                         "rate": "rate/mean", "rate_sd": "rate/sd", "rate_low": "rate/low", "rate_high": "rate/high",
                         "gini": "spread/gini", "delta_events": "time/delta_events",
                         "product_saved_share": "product_sparsity/saved_share",
                         "effective_dimension": "spread/effective_dimension"}.items():
        same(row[column], at(p, path), f"{column} of {row['population']}")
for p, row in rows("rows"):
    same(row["rows"], p["structure"]["rows_by_events"][int(row["events"])], row)
for p, row in rows("load_balance"):
    item = next(i for i in p["structure"]["load_balance"] if i["processing_elements"] == int(row["processing_elements"]))
    for column in ("events", "largest_load_events", "utilisation"):
        same(row[column], item[column], row)
along = {"channels": "zero_vectors_along_channels", "tokens": "zero_vectors_along_tokens", "tiles": "zero_tiles",
         "time": "zero_vectors_along_time"}
for p, row in rows("zeros"):
    item = next(i for i in p["structure"][along[row["along"]]] if i["width"] == int(row["width"]))
    for column in ("vectors", "zero", "zero_share"):
        same(row[column], item[column], row)
raster = {}
for p, row in rows("raster"):
    neuron, token, channel = int(row["neuron"]), int(row["token"]), int(row["channel"])
    assert token * p["channels"] + channel == neuron or channel * p["tokens"] + token == neuron, row
    key = row["population"], int(row["timestep"])
    raster[key] = raster.get(key, 0) + 1
for (name, t), n in raster.items():
    assert n <= populations[name]["spikes_per_timestep"][t], (name, t, n)
for name, list_ in (("early_exit", trace["decision"]["early_exit"]), ("after_timestep", trace["decision"]["after_timestep"])):
    table = [row for _, row in rows(name)]
    assert len(table) == len(list_), name
    for row, item in zip(table, list_):
        same(row["mean_margin"], item["mean_margin"], row)
        same(row["accuracy"], at(item, "accuracy/value"), row)
for kind in ("classes", "confusion"):
    assert sum(int(row["samples"]) for _, row in rows(kind)) == trace["samples"], kind
assert checked > 10000, checked
END
leaves a.db a.json csv labels.idx
finish

# The same images in another order: another input.
start "analyze: traces of other inputs say so"
{ head -c 128 cifar/input.npy; tail -c 12288 cifar/input.npy; tail -c +129 cifar/input.npy | head -c 12288; } >turned.npy
spikeq run $golden --input cifar/input.npy --quiet --trace a.db
spikeq run $golden --input cifar/input.npy --quiet --trace b.db --set v_threshold=1.1
spikeq run $golden --input turned.npy --quiet --trace c.db
exits 0
for other in b.db c.db; do
    spikeq analyze a.db $other --json $other.json
    exits 0
done
holds "$(python3 -c 'import json
for name in "b.db.json", "c.db.json":
    c = json.load(open(name))["comparisons"][0]
    print(c["paired_samples"], [n["measure"] for n in c["notes"]])' 2>&1)" "2 ['significant']
2 ['pairs', 'significant']"
leaves a.db b.db b.db.json c.db c.db.json turned.npy
finish

start "diff --json lists the samples that only one trace holds"
spikeq run $golden --input cifar/input.npy --quiet --trace a.db
spikeq run $golden --input cifar/input.npy --quiet --trace b.db --trace-samples 1
only() {
    spikeq diff $1 $2 --json
    exits 1
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1])); print(*(d[k][m] for k in ("only_a", "only_b") for m in ("count", "listed")))' "$top/out" 2>&1
}
holds "$(only a.db b.db)" "1 [0] 0 []"
holds "$(only b.db a.db)" "0 [] 1 [0]"
leaves a.db b.db
finish
