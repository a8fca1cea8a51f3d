# energy --convention published: relatives priced as their papers do; sources and assumptions are said.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose

# at_a_quarter CONFIG: $rates, every rate a quarter; what each choice of chains must then make of the graph.
at_a_quarter() {
    "$spikeq" graph $1 --json >graph.json 2>/dev/null || complain "no graph"
    python3 - $1 <<'PYTHON' || complain "the graph cannot be counted"
import json
nodes = json.load(open("graph.json"))["nodes"]
by_id = {n["id"]: n for n in nodes}
T = 4
def dense(n):
    inputs = by_id[n["in"][0]]["out_channels"] // n.get("groups", 1)
    return n["out_channels"] * n["out_height"] * n["out_width"] * inputs * n.get("kernel", 1) ** 2
convolutions = [n for n in nodes if n["op"] in ("conv", "linear") and n.get("role") != "classifier"]
of_reals = [n for n in convolutions if not n.get("fold") and by_id[n["in"][0]]["edge"] == "reals"]
first, behind = of_reals[0], of_reals[1:]
assert by_id[first["in"][0]]["op"] == "input"
run = whole = parts_first = parts_rest = 0
with open("rates.csv", "w") as rates:
    print("name,rate", file=rates)
    for n in nodes:
        if n["op"] == "neuron" and n.get("role") in ("q", "k", "v"):
            print(n["id"] + ",0.25", file=rates)
    for n in convolutions:
        if n.get("fold") or n in of_reals:
            continue
        print(n["weight"] + ",0.25", file=rates)
        folded = [m for m in nodes if m.get("fold") and m["id"].startswith(n["id"].removesuffix(".0") + ".2")]
        # a re-parameterised convolution is one 3x3 of all channels
        run += 9 * n["out_height"] * n["out_width"] * by_id[n["in"][0]]["out_channels"] * folded[-1]["out_channels"] if folded else dense(n)
        parts_first += dense(n)
        parts_rest += sum(dense(m) for m in folded)
real = sum(dense(n) for n in behind)
depthwise = [by_id[n["in"][0]] for n in behind]
one = sum(49 * n["out_height"] * n["out_width"] * n["out_channels"] * by_id[d["in"][0]]["out_channels"] for n, d in zip(behind, depthwise))
assert all(d["kernel"] == 7 and d["groups"] == d["out_channels"] for d in depthwise) and behind
ssa = 0
for n in nodes:
    if n["op"] == "attend":
        ssa += 2 * n["out_height"] * n["out_width"] * n["out_channels"] ** 2 // n["heads"]
q = T // 4  # T times a quarter
f = T * dense(first)
want = {"run": (q * (run + ssa), f + T * real), "spikes": (q * (run + real + ssa), f),
        "merged": (q * (run - sum(map(dense, depthwise)) + one + ssa), f),
        "parts": (q * (parts_first + ssa), f + T * (parts_rest + real)),
        "parts-spikes": (q * (parts_first + parts_rest + real + ssa), f)}
want["view"] = want["spikes"]
json.dump(want, open("want.json", "w"))
PYTHON
}

start "published: SDT-V2, its depthwise and re-parameterised convolutions by each choice"
at_a_quarter sdt-v2-8-384-imagenet
for chains in view run merged spikes parts parts-spikes; do
    spikeq energy --rates rates.csv --config sdt-v2-8-384-imagenet --convention published --switch chains=$chains --format json
    exits 0
    cp "$top/out" energy.json
    python3 - $chains <<'PYTHON' || complain "chains=$chains is priced otherwise"
import json, sys
row = json.load(open("energy.json"))["sheets"][0]["rows"][0]
acs, macs = json.load(open("want.json"))[sys.argv[1]]
assert abs(row["G ACs"] - acs / 1e9) < 1e-12 * acs and abs(row["G MACs"] - macs / 1e9) < 1e-12 * macs, (row, acs, macs)
PYTHON
    grep -q "view sdt-v2, assumed: .* \[view-assumed\]" "$top/err" || complain "nothing is said of what is assumed"
done
spikeq energy --rates rates.csv --config sdt-v2-8-384-imagenet --convention published --strict
exits 1
prints_nothing
spikeq energy --rates rates.csv --config sdt-v2-8-384-imagenet --verbose
exits 0
prints_part "published by view sdt-v2"
prints_part "issue 11"
rm energy.json graph.json rates.csv want.json
leaves
finish

start "published: SDT is priced by its table"
sdt=$root/test/golden/sdt-cifar-2-64
"$spikeq" run --quiet --model $sdt/model.safetensors --config $sdt/config.json --input $sdt/input.npy --trace a.db --report a.json || complain "not recorded"
figures() { "$spikeq" energy "$@" --format csv 2>/dev/null | sed -n 2p | cut -d , -f 2-4; }
[ "$(figures a.json --convention published)" = "$(figures a.json --convention paper --switch paper=sdt)" ] ||
    complain "other figures than paper=sdt"
[ "$(figures a.json --convention published)" = "$(figures a.db --convention published)" ] || complain "the trace costs something else"
spikeq energy a.json --convention published
exits 0
is_silent
prints_part "published by view sdt"
spikeq analyze a.db --json a
exits 0
python3 -c "
import json
published = json.load(open('a'))['traces'][0]['cost']['conventions'][-1]
assert published['name'] == 'published' and published['view'] == 'sdt' and 'NeurIPS 2023' in published['source'], published
assert 'assumed' not in published, published" || complain "analyze does not say by which view"
rm a
spikeq energy a.json --convention published --switch view=spikingresformer --switch chains=run
exits 2
says "spikeq energy: --switch chains: decides nothing of view spikingresformer, which counts additions"
exact=$(figures a.json --convention exact | cut -d , -f 1)
[ "$(figures a.json --convention published --switch view=spikingresformer)" = "$exact,0.0,$(python3 -c "print($exact * 0.9)")" ] ||
    complain "additions are not those of exact: $(figures a.json --convention published --switch view=spikingresformer), $exact"
leaves a.db a.json
finish

start "published: Spikformer's paper has no view of its own"
"$spikeq" run --quiet --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --report a.json || complain "not run"
spikeq energy a.json
exits 0
! grep -q published "$top/out" || complain "published is priced"
spikeq energy a.json --convention published
exits 1
says "spikeq energy: --convention published: no view of the paper of spikformer-cifar10; choose one by --switch view=NAME, or --convention paper"
prints_nothing
[ "$(figures a.json --convention published --switch view=sdt)" = "$(figures a.json --convention paper --switch paper=sdt)" ] ||
    complain "other figures than paper=sdt"
spikeq energy --list
prints_part "views of papers"
leaves a.json
finish
