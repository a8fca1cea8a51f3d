# spikeq diff: the verdict first, tolerance of logits, rates and energy of both, exit status as of cmp.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
golden="run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --quiet"

# two: a.db is a run, b.db the same with a silent head.
two() {
    start "$1"
    spikeq $golden --trace a.db
    spikeq replay a.db --model cifar/model.safetensors --silence 'block.1.attn.q_lif[head=0]' --trace b.db --quiet
    exits 0
}
line() { sed -n "s/^$1: //p" "$top/out"; }
of_json() { # EXPRESSION of d, a file of JSON
    /usr/bin/python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$2"
}

two "diff: equal: the verdict is the first line"
spikeq diff a.db a.db
exits 0
is_silent
holds "$(head -n 3 "$top/out" | tr '\n' ';')" "spikes: all equal;logits: all equal;predictions: all equal;"
finish

two "diff: rates and energy of both are those of energy and inspect"
spikeq diff a.db b.db
exits 1
is_silent
holds "$(head -n 1 "$top/out" | sed 's/[0-9][0-9]* mis/N mis/')" "spikes: N mismatches in 2 of 2 samples"
cp "$top/out" said
spikeq diff a.db b.db --json
exits 1
cp "$top/out" diff.json
for one in a b; do
    spikeq inspect $one.db --json
    cp "$top/out" $one.json
    neurons="sum(p['neurons'] for p in d['populations'])"
    rate=$(of_json "round(sum(p['rate'] * p['neurons'] for p in d['populations']) / $neurons, 12)" $one.json)
    holds "$(of_json "round(d['rate']['$one'], 12)" diff.json)" "$rate"
    spikeq energy $one.db --convention exact --format csv
    energy=$(awk -F, '$1 == "exact" { printf "%.6g", $4 }' "$top/out")
    holds "$(of_json "'%.6g' % d['energy_mj']['$one']" diff.json)" "$energy"
done
cp said "$top/out"
holds "$(line "firing rate")" "$(of_json "'%.3f %% -> %.3f %%' % (100 * d['rate']['a'], 100 * d['rate']['b'])" diff.json)"
holds "$(line energy)" "$(of_json "'%.6g -> %.6g mJ per sample (exact, fp32_45nm)' % (d['energy_mj']['a'], d['energy_mj']['b'])" diff.json)"
grep -q "^A: a.db$" said || complain "A is not named"
leaves a.db a.json b.db b.json diff.json said
finish

two "diff: logits within a tolerance are equal"
spikeq diff a.db b.db --json
cp "$top/out" diff.json
apart=$(of_json "d['logits_apart']" diff.json)
holds "$(of_json "d['logits']['count']" diff.json)" 2
spikeq diff a.db b.db --logits-tolerance "$apart"
exits 1 # of the spikes
prints_part "logits: all within"
spikeq diff a.db b.db --logits-tolerance 1e-9
exits 1
prints_part "in 2 of 2 samples more than 1e-09: sample 0, sample 1"
finish

# Logits of sample 1 a quarter more, spikes equal: different, unless that is tolerated.
start "diff: a tolerance decides the exit status"
spikeq $golden --trace a.db
cp a.db b.db
/usr/bin/python3 - b.db 2>"$top/err" <<'END'
import sqlite3, struct, sys, zlib

db = sqlite3.connect(sys.argv[1])
label, prediction, logits, operations = db.execute(
    "select ifnull(label, -1), prediction, logits, operations from sample where id = 1").fetchone()
n = len(logits) // 4
logits = struct.pack(f"<{n}f", *(x + 0.25 for x in struct.unpack(f"<{n}f", logits)))
checksum = zlib.crc32(struct.pack("<3q", 1, label, prediction) + logits + operations)
db.execute("update sample set logits = ?, checksum = ? where id = 1", (logits, checksum))
db.commit()
END
is_silent
spikeq diff a.db b.db
exits 1
holds "$(head -n 1 "$top/out")" "spikes: all equal"
prints_part "logits: at most 0.25 apart, in 1 of 2 samples: sample 1"
spikeq diff a.db b.db --logits-tolerance 0.2
exits 1
prints_part "logits: at most 0.25 apart, in 1 of 2 samples more than 0.2: sample 1"
spikeq diff a.db b.db --logits-tolerance 0.3
exits 0
prints_part "logits: all within 0.3, at most 0.25 apart"
spikeq diff a.db b.db --logits-tolerance 0.3 --json
exits 0
holds "$(grep -c '"equal":	true' "$top/out")" 1
leaves a.db b.db
finish

two "diff: a selection: rates are of it, energy of the whole network"
spikeq diff a.db b.db --populations 'block.0.*' --samples 1
exits 1 # of the logits
holds "$(head -n 1 "$top/out")" "spikes: all equal"
prints_part "compared: 1 sample of 4 timesteps, 7 populations"
rates=$(line "firing rate")
holds "${rates% -> *}" "${rates#* -> }"
energies=$(line energy)
[ "${energies%% ->*}" != "$(echo "${energies#* -> }" | cut -d' ' -f1)" ] || complain "one energy: $energies"
finish

for bad in -1 x 1x '' nan inf; do
    refuse 2 "diff: --logits-tolerance '$bad'" "spikeq diff: --logits-tolerance $bad: expected a number, 0 or more; see spikeq diff --help" diff --logits-tolerance="$bad" a b
done
