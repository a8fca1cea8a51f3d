# Tables for papers: several models in one, units, digits, columns, LaTeX, CSV files; within the width.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose

# Three models: reports and a trace, one with labels.
three_models() {
    python3 -c 'import struct; open("labels.idx", "wb").write(struct.pack(">BBBBI", 0, 0, 8, 1, 2) + bytes([3, 3]))'
    spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
        --labels labels.idx --quiet --report "a_1.json" --trace a.db
    spikeq run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --quiet \
        --report b.json
    spikeq run --model odd/model.safetensors --config odd/config.json --input odd/input.npy --quiet \
        --trace c.db
}

start "models: a row each, of reports and traces, from their own figures"
three_models
spikeq energy a_1.json b.json c.db a.db --format json
exits 0
is_silent
cp "$top/out" models.json
for source in a_1.json b.json c.db a.db; do
    spikeq energy $source --convention exact --format json
    mv "$top/out" one-$source
done
python3 - <<'END' || complain "other figures"
import json
(sheet,) = json.load(open("models.json"))["sheets"]
assert sheet["name"] == "models" and [row["model"] for row in sheet["rows"]] == ["a_1", "b", "c", "a"]
for row, source in zip(sheet["rows"], ["a_1.json", "b.json", "c.db", "a.db"]):
    one, ann = json.load(open("one-" + source))["sheets"][0]["rows"]
    for key in ("G ACs", "G MACs", "energy_mj", "ANN / this"):
        assert row[key] == one[key], (source, key, row[key], one[key])
    assert row["ann_mj"] == ann["energy_mj"] and row["convention"] == "exact"
for row, name in zip(sheet["rows"], ["a_1.json", "b.json"]):
    report = json.load(open(name))
    assert row["M params"] == report["model"]["parameters"] / 1e6
    assert row["accuracy %"] == (100 * report["accuracy"] if "accuracy" in report else None)
    assert row["T"] == report["config"]["T"] and row["config"] == report["config"]["name"]
    assert abs(row["G SOPs"] * 1e9 - report["totals"]["additions"] / report["samples"]) < 1e-3
trace = sheet["rows"][3]
assert {**trace, "model": "a_1"} == sheet["rows"][0], "a trace is its report"
assert 0 <= sheet["rows"][0]["accuracy %"] <= 100
END
finish

start "models: all conventions, a row a model and convention"
three_models
spikeq energy a_1.json c.db --convention all --format csv
exits 0
holds "$(sed -n 1p "$top/out")" "model,config,T,M params,accuracy %,rate %,convention,G SOPs,G ACs,G MACs,energy_mj,ann_mj,ANN / this"
holds "$(wc -l <"$top/out")" 13
holds "$(grep -c '^c,config,.*,paper,' "$top/out")" 1
finish

start "models: LaTeX to be pasted"
three_models
spikeq energy a_1.json b.json --format latex --digits 3 --unit uJ --columns model,energy,mac,ann_this
exits 2
says_like "spikeq energy: --columns mac: no such column; there are model, config, T, M params, *"
spikeq energy a_1.json b.json --format latex --digits 3 --unit uJ --columns "model,accuracy %,energy,g_macs,ann_this"
exits 0
prints <<'END'
% energy per sample, convention exact, hardware fp32_45nm
% \usepackage{booktabs}
\begin{tabular}{lrrrr}
\toprule
model & accuracy \% & energy, $\mu$J & G MACs & ANN / this \\
\midrule
a\_1 & 0 & 36.2 & 0.000849 & 2.61 \\
b & -- & 28.3 & $6.40\times10^{-7}$ & 3.67 \\
\bottomrule
\end{tabular}
END
finish

start "models: Markdown"
three_models
spikeq energy a_1.json b.json --format markdown --digits 4 --columns model,accuracy,g_macs,energy_pj
exits 0
prints <<'END'
### energy per sample, convention exact, hardware fp32_45nm

| model | accuracy % | G MACs | energy, mJ |
|---|---:|---:|---:|
| a_1 | 0 | 0.0008489 | 0.03624 |
| b | - | 6.400e-07 | 0.02827 |
END
finish

# A missing price in every format.
start "models: no price"
three_models
spikeq energy a_1.json b.json --hardware loihi --columns model,energy,ann_this --format csv
prints <<'END'
model,energy_mj,ANN / this
a_1,,
b,,
END
grep -q 'a_1.json: profile loihi has no mac price: no energy of exact, ann; ' "$top/err" || complain "no warning"
spikeq energy a_1.json --hardware loihi --columns convention,energy --convention exact --format latex
prints_part 'exact & -- \\'
prints_part 'ann & -- \\'
spikeq energy a_1.json --hardware loihi --columns convention,energy --convention exact
holds "$(grep -c '^exact  *-$' "$top/out")" 1
finish

start "units: powers of ten of one figure"
three_models
for unit in pJ nJ uJ mJ J; do
    spikeq energy a_1.json --convention exact --per layer --unit $unit --format json
    exits 0
    mv "$top/out" $unit.json
done
python3 - <<'END' || complain "other units"
import json
def energies(unit):
    sheets = json.load(open(unit + ".json"))["sheets"]
    return [row["energy_" + unit.lower()] for sheet in sheets for row in sheet["rows"]]
base = energies("pJ")
for unit, power in (("nJ", 3), ("uJ", 6), ("mJ", 9), ("J", 12)):
    for a, b in zip(base, energies(unit)):
        assert abs(a - b * 10**power) <= 1e-12 * a, (unit, a, b)
END
finish

start "digits: of people few, of programs all; full is full"
three_models
spikeq energy a_1.json --convention exact --columns convention,energy
prints_part "exact         0.036237"
spikeq energy a_1.json --convention exact --columns convention,energy --digits full
prints_part "exact       0.036236778549999994"
spikeq energy a_1.json --convention exact --columns convention,energy --format csv
prints_part "exact,0.036236778549999994"
spikeq energy a_1.json --convention exact --columns convention,energy --format csv --digits 2
prints_part "exact,0.036"
# Counts are whole, however many digits they have.
spikeq energy a_1.json --convention exact --per sample --columns sample,exact_acs --digits 3
prints_part "35998107"
finish
refuse 2 "digits: none" "spikeq energy: --digits 0: expected a whole number from 1 to 17; see spikeq energy --help" energy cifar/none.json --digits 0
refuse 2 "units: another" "spikeq energy: --unit kWh: expected pJ, nJ, uJ, mJ or J" energy cifar/config.json --unit kWh

# Within the width, and all numbers whole: those of a narrow table are those of a wide one.
start "width: nothing is cut"
three_models
for options in "a_1.json --verbose" "a_1.json --convention exact --per layer --verbose --digits full" \
    "a_1.json b.json c.db --verbose" "a_1.json --per sample --convention exact --digits full" --list; do
    spikeq energy $options
    exits 0
    holds "$(awk '{ gsub(/[\200-\277]/, "") } length($0) > 80' "$top/out" | wc -l)" 0
    cp "$top/out" narrow
    COLUMNS=400 spikeq energy $options
    cp "$top/out" wide
    for file in narrow wide; do
        grep -oE '[0-9]+\.[0-9]+(e-?[0-9]+)?' $file | sort -u >$file.numbers
    done
    cmp -s narrow.numbers wide.numbers || complain "$options: $(diff narrow.numbers wide.numbers | head -n 4)"
done
COLUMNS=40 spikeq energy a_1.json
holds "$(awk 'length($0) > 40' "$top/out" | wc -l)" 0
finish

start "csv: a file a table, a header and rows alone"
three_models
spikeq energy a_1.json --convention exact --per layer --csv tables
exits 0
is_silent
prints_nothing
holds "$(ls tables | tr '\n' ' ')" "layers_exact.csv summary.csv "
python3 - <<'END' || complain "not a plain table"
import csv
for name in ("layers_exact", "summary"):
    rows = list(csv.reader(open("tables/%s.csv" % name)))
    assert len({len(row) for row in rows}) == 1 and not any(cell.startswith("#") for row in rows for cell in row)
    column = rows[0].index("energy_mj" if name == "summary" else "energy_pj")
    assert sum(float(row[column]) for row in rows[1:] if row[column]) > 0
END
spikeq energy a_1.json b.json --csv tables
exits 2
says_like "spikeq energy: tables: * --force*"
spikeq energy a_1.json b.json --csv tables --force --columns model,energy
exits 0
holds "$(sed -n 1p tables/models.csv)" "model,energy_mj"
finish

start "notes: under --verbose alone, and in JSON"
three_models
spikeq energy a_1.json
[ "$(grep -c "Horowitz" "$top/out")" -eq 0 ] || complain "notes"
holds "$(wc -l <"$top/out")" 9
spikeq energy a_1.json --verbose
prints_part "Horowitz"
prints_part "exact: standard deviation between 2 samples"
spikeq energy a_1.json --format csv --verbose
[ "$(grep -c "Horowitz" "$top/out")" -eq 0 ] || complain "notes in CSV"
finish

refuse 2 "models: one table" "spikeq energy: several reports or traces are one table, a row a model: --per and --compare go with one" energy cifar/config.json cifar/config.json --per layer
refuse 2 "csv: it prints nothing" "spikeq energy: --csv writes tables only: --format and --verbose apply to printed ones; see spikeq energy --help" energy cifar/config.json --csv out --format json
refuse 2 "csv: --force of nothing" "spikeq energy: --force replaces what --csv writes: it is not given; see spikeq energy --help" energy cifar/config.json --force
refuse 1 "models: one that is no report" "spikeq energy: cifar/config.json: format: \"\", expected spikeq report" energy cifar/config.json cifar/config.json
