# Recordings of other tools: made here by Python (NumPy, h5py) and by run --dump.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
config="--config cifar/config.json"

start "import --help names every option"
spikeq import --help
exits 0
is_silent
for option in output force config set partial labels format population transpose dt neurons codec quiet; do
    prints_part "--$option"
done
finish

refuse 2 "import: no source" "spikeq import: SOURCE is missing; see spikeq import --help" import -o t.db
refuse 2 "import: no trace" "spikeq import: --output is missing; see spikeq import --help" import cifar
refuse 2 "import: two sources" "spikeq import: unexpected argument odd; see spikeq import --help" import cifar odd -o t.db
refuse 2 "import: unknown option" "spikeq import: unknown option -x; see spikeq import --help" import cifar -x
refuse 2 "import: -o without a value" "spikeq import: option -o needs a value; see spikeq import --help" import cifar -o
refuse 2 "import: --dt" "spikeq import: --dt 0: expected milliseconds above 0; see spikeq import --help" import cifar -o t.db --dt 0
refuse 2 "import: --format" "spikeq import: --format xml: expected npz, npy, sonata, csv, bs1 or prosperity" import cifar -o t.db --format xml
refuse 2 "import: --codec" "spikeq import: --codec lz4: expected none, zlib or zstd" import cifar/spikes.npz -o t.db --codec lz4
refuse 2 "import: --set alone" "spikeq import: --set and --partial need --config or --model" import cifar -o t.db --set T=3
refuse 2 "import: --dt of arrays" "spikeq import: --dt: only SONATA and SLAYER files have times" import cifar/spikes.npz -o t.db --dt 1
refuse 2 "import: --neurons of arrays" "spikeq import: --neurons: the arrays of cifar/spikes.npz have shapes" import cifar/spikes.npz -o t.db --neurons a=1
refuse 1 "import: missing" "spikeq import: none.npz: cannot be opened: No such file or directory" import none.npz -o t.db
refuse 1 "import: missing, format given" "spikeq import: none.npz: cannot be opened: No such file or directory" import none.npz -o t.db --format csv
refuse 1 "import: a device" "spikeq import: /dev/null: is a pipe or a device; save it as a file first" import /dev/null -o t.db
refuse 2 "import: one array" "spikeq import: cifar/input.npy: is one .npy array; --population NAME says which neurons these are (or put it into a folder, named <population>.npy)" import cifar/input.npy -o t.db
refuse 1 "import: a text" "spikeq import: cifar/config.json: not a recording of spikes: JSON or text, which is not read as a recording" import cifar/config.json -o t.db
refuse 2 "import: to standard output" "spikeq import: -: a trace is a database, which standard output cannot take; give a file (./- for one of that name)" import cifar/spikes.npz -o -
refuse 1 "import: no folder" "spikeq import: no/t.db: cannot be made: No such file or directory" import cifar/spikes.npz -o no/t.db
refuse 1 "import: another T" "spikeq import: cifar/spikes.npz: patch_embed.proj_lif has shape [4,2,8,32,32], config config expects [5,2,8,32,32]" import cifar/spikes.npz $config --set T=5 -o t.db
refuse 1 "import: another network" "spikeq import: dvs/spikes.npz: patch_embed.proj_lif has shape [4,2,8,128,128], config config expects [4,2,8,32,32]" import dvs/spikes.npz $config -o t.db
refuse 1 "import: a deeper network" "spikeq import: cifar/spikes.npz: block.1.attn.q_lif is not a population of config config, expected names such as patch_embed.proj_lif" import cifar/spikes.npz $config --set depth=1 -o t.db
refuse 1 "import: labels of others" "spikeq import: cifar/logits.npy: holds [2,10]; labels are one list of 2 integers" import cifar/spikes.npz -o t.db --labels cifar/logits.npy

start "import: what SpikingJelly recorded"
spikeq import cifar/spikes.npz $config -o t.db
exits 0
is_silent
prints <<END
t.db: NumPy arrays [T,B,...]: 2 samples, 4 timesteps, 19 populations, 266440 spikes
END
leaves t.db
finish

# sql FILE QUERY: one line a row, columns parted by |
sql() {
    python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")' "$1" "$2"
}

start "import: a dump is a recording, and gives the report's rates"
spikeq run --model cifar/model.safetensors $config --input cifar/input.npy --dump d --report r.json --quiet
spikeq import d $config -o t.db --quiet
exits 0
is_silent
prints_nothing
sql t.db "select p.name, sum(f.spikes) from population p join frame f on f.population = p.id group by p.id" >got
python3 -c 'import json
for p in json.load(open("r.json"))["populations"]: print(p["name"], p["spikes"], sep="|")' >want
cmp -s got want || complain "populations: $(diff got want | head -n 5)"
holds "$(sql t.db "select id, prediction from sample")" "0|6
1|2"
holds "$(sql t.db "select count(*) from synapse")" 18
finish

# digest FILE: that of its content.
digest() { "$spikeq" inspect --digest "$1" | cut -d ' ' -f 1; }

for network in cifar odd dvs; do
    start "import: what was exported is the same trace: $network"
    config_of="--config $network/config.json"
    spikeq run --model $network/model.safetensors $config_of --input $network/input.npy --trace a.db --quiet
    for format in npz csv hdf5; do
        spikeq export a.db --to $format -o a.$format
        spikeq import a.$format $config_of -o b.db --force --quiet
        exits 0
        is_silent
        [ $format = npz ] || continue # the others have no place for logits
        holds "$(digest b.db)" "$(digest a.db)"
        cp b.db c.db
    done
    spikeq diff a.db c.db
    exits 0
    sql a.db "select population, timestep, sample, spikes, hex(data) from frame order by id" >want
    sql b.db "select population, timestep, sample, spikes, hex(data) from frame order by id" >got
    cmp -s want got || complain "the frames differ"
    finish
done

start "import: a trace that exists is kept, or replaced by --force"
printf 'sample,timestep,population,index\n0,0,a,1\n' >a.csv
spikeq import a.csv -o t.db --quiet
cp t.db kept
spikeq import a.csv -o t.db
exits 2
says "spikeq import: t.db: already exists; --force replaces it, --resume continues it"
cmp -s t.db kept || complain "it was changed"
spikeq import a.csv -o t.db --force --quiet --neurons a=5
exits 0
holds "$(sql t.db "select neurons from population")" 5
leaves a.csv kept t.db
finish

start "import: CSV"
printf 'sample,timestep,population,index\n3,0,x,1\n3,2,y,0\n7,1,x,4\n' >a.csv
spikeq import a.csv -o t.db
exits 0
prints <<END
t.db: CSV events: 2 samples, 3 timesteps, 2 populations, 3 spikes
END
holds "$(sql t.db "select sample, population, timestep from frame where spikes = 1")" "3|0|0
3|1|2
7|0|1"
finish

start "import: CSV, the line is named"
printf 'sample,timestep,population,index\n3,0,x,1\n3,2,x,7\n' >a.csv
spikeq import a.csv -o t.db --neurons x=7
exits 1
says 'spikeq import: a.csv: line 3: index is "7", expected a whole number from 0 to 6'
leaves a.csv
finish

start "import: a slip in --neurons"
printf 'sample,timestep,population,index\n3,0,x,1\n' >a.csv
spikeq import a.csv -o t.db --neurons y=7
exits 2
says "spikeq import: --neurons y: a.csv has no such population"
leaves a.csv
finish

# The system's Python, where make check has put NumPy and h5py.
science=
for candidate in python3 /usr/bin/python3; do
    [ -z "$science" ] && "$candidate" -c 'import numpy, h5py' 2>/dev/null && science=$candidate
done
if [ -n "$science" ]; then
    start "import: numpy.savez and its kin hold the same"
    "$science" - <<'END'
import numpy as np
rng = np.random.default_rng(5)
a = rng.random((3, 4, 5, 6)) < 0.3
b = rng.random((3, 4, 7)) < 0.6
about = dict(labels=np.array([1, 0, -1, 2]), samples=np.array([0, 1, 4, 9]), logits=rng.random((4, 3)).astype('f4'))
np.savez('a.npz', a=a, b=b, **about)
np.savez_compressed('b.npz', a=np.asfortranarray(a.astype('f8')), b=b.astype('u1'), **about)
END
    spikeq import a.npz -o a.db --quiet
    exits 0
    spikeq import b.npz -o b.db --quiet
    exits 0
    cmp -s a.db b.db || complain "the traces differ"
    holds "$(sql a.db "select id, ifnull(label, 'none') from sample")" "0|1
1|0
4|none
9|2"
    finish

    start "import: SONATA, as h5py writes it"
    "$science" - <<'END'
import h5py, numpy as np
with h5py.File('s.h5', 'w') as f:
    g = f.create_group('spikes/v1')
    g.attrs['sorting'] = 'by_time'
    g['timestamps'] = np.array([0.1, 0.3, 2.7])
    g['timestamps'].attrs['units'] = 'ms'
    g['node_ids'] = np.array([4, 0, 4], dtype='u8')
END
    spikeq import s.h5 --dt 0.1 -o t.db
    exits 0
    prints <<END
t.db: SONATA spikes: 1 sample, 28 timesteps, 1 population, 3 spikes
END
    holds "$(sql t.db "select timestep from frame where spikes = 1")" "1
3
27"
    holds "$(sql t.db "select neurons, shape from population")" "5|[5]"
    spikeq import s.h5 --dt 3 -o u.db
    exits 1
    says "spikeq import: s.h5: v1: neuron 4 fires twice at sample 0, timestep 0; --dt gives a shorter timestep (in ms)"
    leaves s.h5 t.db
    finish
else
    for case in "numpy.savez and its kin hold the same" "SONATA, as h5py writes it"; do
        skip "import: $case" "no Python here has NumPy and h5py"
    done
fi

# A full disk: one line, and nothing stays.
if [ "$(id -u)" -eq 0 ] && mkdir -p "$top/small" && mount -t tmpfs -o size=64k none "$top/small" 2>/dev/null; then
    start "import: the disk is full"
    spikeq import cifar/spikes.npz -o "$top/small/t.db"
    exits 1
    says_like "spikeq import: $top/small/t.db*full*"
    holds "$(ls "$top/small")" ""
    finish
    start "import: no room to unpack"
    TMPDIR=$top/small spikeq import cifar/spikes.npz -o t.db
    exits 1
    says_like "spikeq import: cifar/spikes.npz: member * cannot be unpacked: No space left on device; TMPDIR says where to"
    leaves
    finish
    umount "$top/small"
else
    skip "import: the disk is full" "no small disk can be mounted here"
    skip "import: no room to unpack" "no small disk can be mounted here"
fi
