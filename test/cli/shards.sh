#!/bin/sh
# Shards and merge: N = 1, 2, 3, 4 and 7 shards of several architectures make the trace and the report of one run,
# digest for digest and digit for digit; shards that are killed at random moments (KILLS=50, default 6) and
# resumed do; every shard that does not fit is refused by name. "N passed, N failed, N skipped" last.
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
case $spikeq in /*) ;; *) spikeq=$root/$spikeq ;; esac
[ -x "$spikeq" ] || { echo "FAIL $spikeq is not built"; echo "0 passed, 1 failed"; exit 1; }
for tool in python3 sqlite3; do
    command -v "$tool" >/dev/null || { echo "skip: shards: needs $tool"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C SPIKEQ_CONFIGS="$root/configs"
unset OMPI_COMM_WORLD_RANK PMI_RANK SLURM_PROCID SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX
passed=0 failed=0
cd "$work" || exit 1

check() { # check WHAT COMMAND...: the command succeeds
    checked=$1
    shift
    if "$@" >check.out 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $checked: $(head -c 600 check.out)"
    fi
}

# refuses STATUS PART ARGUMENT...: exit status, one line on stderr that holds PART, nothing on stdout.
refuses() {
    want=$1 part=$2
    shift 2
    "$spikeq" "$@" >refused.out 2>refused.err
    got=$?
    if [ "$got" -eq "$want" ] && [ "$(wc -l <refused.err)" -eq 1 ] && grep -qF -- "$part" refused.err && [ ! -s refused.out ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL spikeq $*: status $got, wanted $want and: $part"
        cat refused.err
    fi
}

# A report without its timing; of a whole trace what its meta says.
cat >same_report.py <<'END'
import json, re, sys
def text(path):
    whole = open(path).read()
    json.loads(whole)
    return re.sub(r',\s*"timing":\s*\{[^{}]*(\{.*\})?[^{}]*\}\s*\}\s*$', "}", whole, flags=re.S)
a, b = text(sys.argv[1]), text(sys.argv[2])
if a != b:
    at = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
    sys.exit(f"reports differ: ...{a[max(0, at - 80):at + 80]!r} and ...{b[max(0, at - 80):at + 80]!r}")
if '"timing"' in a or '"shard"' in b:
    sys.exit("the timing was not cut out, or the whole still names a shard")
END
same_report() { python3 same_report.py "$1" "$2"; }

# All that is said of two traces of one name, each in its folder, is the same.
same_trace() {
    digest=$("$spikeq" inspect --digest "$1/run.db" | cut -d ' ' -f 1)
    [ "$digest" = "$("$spikeq" inspect --digest "$2/run.db" | cut -d ' ' -f 1)" ] || { echo "other digests"; return 1; }
    [ "${#digest}" -eq 64 ] || { echo "no digest: $digest"; return 1; }
    "$spikeq" diff "$1/run.db" "$2/run.db" >/dev/null 2>diff.err || { echo "diff finds a difference"; return 1; }
    for folder in "$1" "$2"; do
        sqlite3 "$folder/run.db" "SELECT * FROM meta WHERE key <> 'command'; SELECT id, checksum FROM sample; SELECT id, checksum FROM frame; PRAGMA integrity_check" >"$folder.rows" || return 1
        for per in layer sample timestep; do
            (cd "$folder" && "$spikeq" energy run.db --per $per --format csv --digits -1) >"$folder.$per" 2>&1
        done
        (cd "$folder" && "$spikeq" analyze run.db --json -) >"$folder.analysis" 2>&1
    done
    for kind in rows layer sample timestep analysis; do
        cmp -s "$1.$kind" "$2.$kind" || { echo "other $kind"; diff "$1.$kind" "$2.$kind" | head -5; return 1; }
        [ -s "$1.$kind" ] || { echo "no $kind"; return 1; }
    done
}

# Inputs: small arrays of numbers that tell samples apart; labels; recordings of an event camera.
python3 - "$root" <<'END' || exit 1
import random, struct, sys, os
from array import array
random.seed(5)
def npy(path, descr, shape, values):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }" % (descr, ", ".join(map(str, shape)))).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + values)
def count(shape):
    n = 1
    for size in shape:
        n *= size
    return n
def floats(path, shape):
    npy(path, "<f4", shape, array("f", (random.uniform(-2, 2) for _ in range(count(shape)))).tobytes())
floats("cifar.npy", (23, 3, 32, 32))
floats("long.npy", (400, 3, 32, 32))
floats("qk.npy", (11, 3, 16, 16))
frames = (9, 4, 2, 128, 128)
npy("dvs.npy", "|u1", frames, bytes(random.choice((0, 0, 0, 0, 0, 0, 0, 1, 2)) for _ in range(count(frames))))
npy("labels.npy", "<i8", (23,), array("q", (random.randrange(10) for _ in range(23))).tobytes())
os.mkdir("recordings")
for i in range(7):
    with open(f"recordings/{i}.bin", "wb") as f:
        t = 0
        for _ in range(900 + 50 * i):
            t += random.randrange(300)
            f.write(bytes((random.randrange(34), random.randrange(34))) + ((random.randrange(2) << 23) | t).to_bytes(3, "big"))
with open("recordings.txt", "w") as f:
    f.writelines(f"recordings/{i}.bin {i % 10}\n" for i in range(7))
END

golden=$root/test/golden
model() { echo "--model $golden/$1/model.safetensors --config $golden/$1/config.json"; }
cifar="$(model cifar-2-64) --input cifar.npy --labels labels.npy"
cifar_fixed="$cifar --arith fixed --trace-codec zstd"
spikingformer="$(model spikingformer-cifar-2-64) --input cifar.npy --labels labels.npy --limit 19"
sdt="$(model sdt-cifar-2-64) --input cifar.npy --labels labels.npy"
dvs="$(model dvs-1-64) --input dvs.npy --trace-detail counts"
recorded="$(model dvs-1-64) --input recordings.txt --frames number:4 --pad center"
part="$(model cifar-2-64) --input cifar.npy --trace-samples 3:17 --trace-populations block.*"

# shards NAME COUNTS OPTION...: all shards of each count make the whole.
shards() {
    name=$1 counts=$2
    shift 2
    rm -rf one
    mkdir one
    check "$name: one run" "$spikeq" run "$@" --quiet --trace one/run.db --report one/run.json
    for n in $counts; do
        rm -rf merged parts
        mkdir merged parts
        i=1
        while [ "$i" -le "$n" ]; do
            "$spikeq" run "$@" --quiet --shard "$i/$n" --threads $((i % 3 + 1)) --batch $((i % 4 + 1)) \
                --trace "parts/$i.db" --report "parts/$i.json" 2>>parts/err || echo "FAIL $name: shard $i/$n: $(cat parts/err)"
            i=$((i + 1))
        done
        check "$name: traces of $n shards" "$spikeq" merge parts/*.db -o merged/run.db
        check "$name: reports of $n shards" "$spikeq" merge parts/*.json --out merged/run.json --quiet
        check "$name: the trace of $n shards" same_trace one merged
        check "$name: the report of $n shards" same_report one/run.json merged/run.json
        check "$name: the report of the trace" "$spikeq" run "$@" --quiet --trace merged/run.db --resume --report merged/of_trace.json
        check "$name: the report of the trace of $n shards" same_report one/run.json merged/of_trace.json
    done
}
# shellcheck disable=SC2086 # options are split on purpose
{
    shards "Spikformer" "1 2 3 4 7" $cifar
    shards "Spikingformer, 19 of 23" "1 2 3 4 7" $spikingformer
    shards "Spike-driven Transformer" "1 2 3 4 7" $sdt
    shards "Spikformer in fixed point" "3 7" $cifar_fixed
    shards "DVS frames, counts" "1 2 3 4 7" $dvs
    shards "recordings" "3 7" $recorded
    shards "a part of the samples and populations" "1 2 3 4 7" $part
}

# Where the state runs on through batches, shards are cut between them.
coupled="$(model fixed-qkformer-3-32) --input qk.npy --couple-batch 3"
if "$spikeq" run $coupled --quiet --report qk.json 2>qk.err; then
    shards "QKFormer in batches" "2 4" $coupled
    refuses 2 "only 4 batches to be divided" run $coupled --shard 1/5 --quiet
else
    echo "FAIL QKFormer: $(cat qk.err)"
    failed=$((failed + 1))
fi

# Killed at a random moment, and again, then resumed: the whole is the same.
kills=${KILLS:-6}
long="$(model cifar-2-64) --input long.npy --threads 1 --batch 2"
rm -rf one merged parts
mkdir one merged parts
"$spikeq" run $long --quiet --trace one/run.db --report one/run.json
cat >kill.py <<'END'
import os, random, signal, subprocess, sys, time
spikeq, trace, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
command = [spikeq, "run", *sys.argv[4:], "--quiet", "--trace", trace, "--resume"]
killed, span = 0, 0.4
while killed < kills:
    run = subprocess.Popen(command)
    try:
        run.wait(timeout=random.random() * span)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
    if run.wait() == 0: # it was done before: begin again, with less time
        os.remove(trace)
        span *= 0.7
    elif run.returncode != -signal.SIGKILL:
        sys.exit(f"exit status {run.returncode}")
    else:
        killed += 1
END
each=$(((kills + 2) / 3))
for i in 1 2 3; do
    check "shard $i is killed" python3 kill.py "$spikeq" "parts/$i.db" "$each" $long --shard "$i/3"
    if [ "$i" -eq 2 ] && [ -f parts/2.db ]; then
        refuses 1 "parts/2.db: is unfinished: it holds" merge parts/2.db -o merged/none.db
    fi
    check "shard $i is resumed" "$spikeq" run $long --quiet --shard "$i/3" --trace "parts/$i.db" --resume --report "parts/$i.json"
done
check "the whole of killed shards" "$spikeq" merge parts/3.db parts/1.db parts/2.db -o merged/run.db
check "reports of killed shards" "$spikeq" merge parts/2.json parts/3.json parts/1.json -o merged/run.json
check "the trace of killed shards" same_trace one merged
check "the report of killed shards" same_report one/run.json merged/run.json
# A shard that is done has nothing left to run.
check "a shard that is done" "$spikeq" run $long --quiet --shard 2/3 --trace parts/2.db --resume --report parts/again.json
check "a shard that is done: its report" sh -c "sed '/\"timing\"/,\$d' parts/2.json >a.txt; sed '/\"timing\"/,\$d' parts/again.json | cmp - a.txt"

# A merge that is killed leaves no file of that name; the next one is not disturbed by what lies beside.
cat >kill_merge.py <<'END'
import os, random, signal, subprocess, sys
spikeq, *shards = sys.argv[1:]
for i in range(8):
    merge = subprocess.Popen([spikeq, "merge", *shards, "-o", "killed.db", "--quiet"])
    try:
        merge.wait(timeout=random.random() * 0.15)
    except subprocess.TimeoutExpired:
        merge.send_signal(signal.SIGKILL)
    if merge.wait() == 0:
        os.remove("killed.db")
    elif os.path.exists("killed.db"):
        sys.exit("a killed merge left a file")
END
check "a merge is killed" python3 kill_merge.py "$spikeq" parts/1.db parts/2.db parts/3.db
check "a merge after one that was killed" "$spikeq" merge parts/1.db parts/2.db parts/3.db -o killed.db
check "its trace is whole" sh -c "test \"\$('$spikeq' inspect --digest killed.db | cut -c 1-64)\" = \"\$('$spikeq' inspect --digest one/run.db | cut -c 1-64)\" && test ! -e killed.db.partial"

# What a shard says of itself.
"$spikeq" run $cifar --shard 2/4 --trace s.db --report s.json >s.out 2>/dev/null
check "the output names the shard" grep -qx "shard     2 of 4: samples 6:12 of 23" s.out
check "the report names the shard" python3 -c '
import json
report = json.load(open("s.json"))
assert report["shard"] == {"index": 2, "of": 4, "first": 6, "end": 12, "whole": 23}, report["shard"]
assert report["samples"] == 6 and report["complete"] and report["each"]["sample"] == list(range(6, 12))'
check "the trace names the shard" sh -c "sqlite3 s.db \"SELECT value FROM meta WHERE key = 'shard'\" | grep -qx '{\"index\":2,\"of\":4,\"first\":6,\"end\":12,\"whole\":23}'"
check "samples keep their numbers" sh -c 'test "$(sqlite3 s.db "SELECT group_concat(id) FROM sample")" = 6,7,8,9,10,11'
check "energy names samples by their numbers" sh -c "'$spikeq' energy s.json --per sample --format csv | grep -q '^11,'"
refuses 1 "was recorded otherwise" run $cifar --shard 3/4 --trace s.db --resume --quiet

# --shard auto: each launcher's variables, and what the output says of them.
auto() { # auto WANT VARIABLE=VALUE...
    want=$1
    shift
    check "auto: $*" sh -c "env $* '$spikeq' run $cifar --shard ${number:-auto} 2>/dev/null | grep -qxF 'shard     $want'"
}
auto "3 of 4: samples 12:18 of 23 (OMPI_COMM_WORLD_RANK=2, OMPI_COMM_WORLD_SIZE=4)" OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4
auto "1 of 4: samples 0:6 of 23 (PMI_RANK=0, PMI_SIZE=4)" PMI_RANK=0 PMI_SIZE=4
auto "4 of 4: samples 18:23 of 23 (SLURM_PROCID=3, SLURM_NTASKS=4)" SLURM_PROCID=3 SLURM_NTASKS=4
auto "2 of 4: samples 6:12 of 23 (SLURM_ARRAY_TASK_ID=8, SLURM_ARRAY_TASK_COUNT=4)" \
    SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=7 SLURM_ARRAY_TASK_MAX=10 SLURM_PROCID=0 SLURM_NTASKS=1
number=auto/4 auto "2 of 4: samples 6:12 of 23 (JOB_COMPLETION_INDEX=1)" JOB_COMPLETION_INDEX=1
refuses 2 "no launcher says which shard this is" run $cifar --shard auto --quiet
export PMI_RANK=1
refuses 2 "PMI_RANK is set, PMI_SIZE is not" run $cifar --shard auto --quiet
export PMI_SIZE=many
refuses 2 'PMI_SIZE is "many", expected a whole number' run $cifar --shard auto --quiet
unset PMI_RANK PMI_SIZE
env SLURM_PROCID=1 SLURM_NTASKS=2 "$spikeq" run $cifar --quiet --shard auto --trace auto.db --report auto.json 2>/dev/null
check "the report says who said it" grep -q '"from":	"SLURM_PROCID=1, SLURM_NTASKS=2"' auto.json
check "the trace says who said it" sh -c "sqlite3 auto.db \"SELECT value FROM meta WHERE key = 'shard_from'\" | grep -qx 'SLURM_PROCID=1, SLURM_NTASKS=2'"
check "the user goes on with what a launcher began" "$spikeq" run $cifar --quiet --shard 2/2 --trace auto.db --resume

# What is refused of a run.
refuses 2 "numbered from 1" run $cifar --shard 0/4 --quiet
refuses 2 "there are 4 shards" run $cifar --shard 5/4 --quiet
refuses 2 "expected I/N" run $cifar --shard half --quiet
refuses 2 "only 23 samples to be divided" run $cifar --shard 1/24 --quiet
refuses 2 "a stream cannot be divided" run $(model dvs-1-64) --input - --frames duration:1000 --shard 1/2 --quiet
refuses 2 "--shard cannot be combined with --dump" run $cifar --shard 1/2 --dump dumped --quiet

# What is refused of a merge: each shard by name, and nothing stays behind.
rm -rf parts && mkdir parts other
for i in 1 2 3; do
    "$spikeq" run $cifar --quiet --shard $i/3 --trace parts/$i.db --report parts/$i.json 2>/dev/null
done
refuses 1 "parts/1.db: shard 2 of 3 is missing beside it: no file holds samples 8:16" merge parts/1.db parts/3.db -o w.db
refuses 1 "parts/1.json: shard 3 of 3 is missing beside it: no file holds samples 16:23" merge parts/1.json parts/2.json -o w.json
refuses 1 "parts/1.db: holds samples 0:8, which parts/1.db holds too" merge parts/1.db parts/2.db parts/1.db parts/3.db -o w.db
"$spikeq" run $cifar --quiet --shard 2/2 --trace other/half.db --report other/half.json 2>/dev/null
refuses 1 "other/half.db: holds samples 12:16, which parts/2.db holds too; give each shard once" merge parts/1.db parts/2.db parts/3.db other/half.db -o w.db
refuses 1 "other/half.json: holds samples 12:16, which parts/2.json holds too; give each shard once" merge parts/1.json other/half.json parts/2.json parts/3.json -o w.json
"$spikeq" run $cifar --quiet --trace other/all.db --report other/all.json 2>/dev/null
refuses 1 "other/all.db: is not a shard, but a trace of its own" merge parts/1.db other/all.db -o w.db
refuses 1 "other/all.json: is not of a shard, but a report of its own" merge parts/1.json other/all.json -o w.json
refuses 2 "give traces alone, or reports alone" merge parts/1.db parts/2.json -o w.db
foreign() { # foreign WHAT WHERE-IN-THE-REPORT OPTION...: shard 2 of another run
    what=$1 where=$2
    shift 2
    rm -f other/f.*
    "$spikeq" run "$@" --quiet --shard 2/3 --trace other/f.db --report other/f.json 2>/dev/null
    refuses 1 "other/f.db: is a shard of another run: it has meta $what" merge parts/1.db other/f.db parts/3.db -o w.db
    [ -z "$where" ] || refuses 1 "other/f.json: is a shard of another run: $where" merge parts/1.json other/f.json parts/3.json -o w.json
}
python3 -c 'import sys
data = bytearray(open("cifar.npy", "rb").read())
data[-1] ^= 1
open("other/input.npy", "wb").write(data)'
cp "$golden/cifar-2-64/model.safetensors" other/model.safetensors
python3 -c 'data = bytearray(open("other/model.safetensors", "rb").read())
data[-4] ^= 1
open("other/model.safetensors", "wb").write(data)'
foreign "model_sha256" "model.sha256 differs" --model other/model.safetensors --config "$golden/cifar-2-64/config.json" --input cifar.npy --labels labels.npy
foreign "model_container" "model.sha256 differs" --model "$golden/cifar-2-64/checkpoint.pth" --config "$golden/cifar-2-64/config.json" --input cifar.npy --labels labels.npy
foreign "config" "config is not that of parts/1.json" $cifar --set v_threshold=0.75
foreign "arith" "arith is not that of parts/1.json" $cifar --arith fixed
foreign "input_sha256" "input.sha256 is not that of parts/1.json" $(model cifar-2-64) --input other/input.npy --labels labels.npy
foreign "populations" "" $cifar --trace-populations "block.*"
foreign "detail" "" $cifar --trace-detail counts
foreign "input_description" "input.description is not that of parts/1.json" $cifar --limit 22
sqlite3 parts/2.db "UPDATE meta SET value = '0' WHERE key = 'complete'"
refuses 1 "parts/2.db: is unfinished: it holds 8 of 8 samples; go on with it by --resume first" merge parts/1.db parts/2.db parts/3.db -o w.db
sqlite3 parts/2.db "UPDATE meta SET value = '1' WHERE key = 'complete'"
sed 's/"complete":	true/"complete":	false/' parts/2.json >other/cut.json
refuses 1 "other/cut.json: is unfinished" merge parts/1.json other/cut.json parts/3.json -o w.json
cp parts/2.db other/damaged.db
sqlite3 other/damaged.db "UPDATE frame SET data = zeroblob(length(data)) WHERE id = (SELECT max(id) FROM frame WHERE spikes > 0)"
refuses 1 "other/damaged.db: sample 15" merge parts/1.db other/damaged.db parts/3.db -o w.db
cp parts/2.db other/less.db
sqlite3 other/less.db "DELETE FROM frame WHERE id = (SELECT max(id) FROM frame)"
refuses 1 "other/less.db: " merge parts/1.db other/less.db parts/3.db -o w.db
head -c 20000 parts/2.db >other/short.db
refuses 1 "other/short.db: " merge parts/1.db other/short.db parts/3.db -o w.db
sqlite3 other/strange.db "CREATE TABLE meta (key, value)"
refuses 1 "other/strange.db: is an SQLite file, but not a spikeq trace" merge parts/1.db other/strange.db -o w.db
echo '{"format": "spikeq report"' >other/bad.json
refuses 1 "other/bad.json: " merge parts/1.json other/bad.json -o w.json
refuses 2 "give traces alone, or reports alone" merge parts/1.db other/none.db -o w.db
refuses 1 "other/none.json: cannot be opened" merge parts/1.json other/none.json -o w.json
cp other/all.db w2.db
refuses 2 "w2.db: already exists; --force replaces it" merge parts/1.db parts/2.db parts/3.db -o w2.db
refuses 2 "parts/1.db: is one of the files to be merged" merge parts/1.db parts/2.db parts/3.db -o parts/1.db --force
refuses 2 "no shards given" merge -o w.db
refuses 2 "--out is missing" merge parts/1.db
check "nothing stays behind" sh -c 'test ! -e w.db && test ! -e w.json && test -z "$(ls | grep partial)"'
check "--force replaces the whole" "$spikeq" merge parts/1.db parts/2.db parts/3.db -o w2.db --force
"$spikeq" merge parts/*.json -o w.json >merged.out
check "what a merge prints" grep -qx 'w.json: report of 23 samples, of 3 shards' merged.out
check "timing of a merged report" python3 -c '
import json
timing = json.load(open("w.json"))["timing"]
seconds = sum(json.load(open(f"parts/{i}.json"))["timing"]["seconds"] for i in (1, 2, 3))
assert timing["shards"] == 3 and abs(timing["seconds_of_all_shards"] - seconds) < 1e-12, timing'
mkfifo full.db 2>/dev/null
refuses 2 "full.db: is a folder, a pipe or a device" merge parts/1.db parts/2.db parts/3.db -o full.db --force
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
