#!/bin/bash
# Ranks, of MPI and of a dry run, against one process: the same report but for its timing, the same trace digest for
# digest, for three architectures; a rank that is killed ends the job, and the same command with --resume completes
# it, with any number of ranks. KILLS: how many times (4); SEED: of the moments and the ranks; MPIRUN: which launcher
# (mpirun), as SPIKEQ_MPI may be of Open MPI or of MPICH.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-build/${VARIANT:-release}/spikeq}
mpi=${SPIKEQ_MPI:-build/${VARIANT:-release}-mpi/spikeq}
mpirun=${MPIRUN:-mpirun}
kills=${KILLS:-4}
RANDOM=${SEED:-$(date +%N | sed 's/^0*//; s/...$//')}
seed=$RANDOM
RANDOM=$seed
passed=0 failed=0
if ! command -v "$mpirun" >/dev/null || [ ! -x "$mpi" ]; then
    echo "skip: ranks of MPI: $mpirun or $mpi is not here (make deps-check; make MPI=1)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" # MPI's own

# shellcheck source=test/support/equal.sh
. test/support/equal.sh

launcher=("$mpirun" -n)
if "$mpirun" --version 2>&1 | grep -q 'Open MPI'; then
    launcher=("$mpirun" --oversubscribe --mca btl_vader_single_copy_mechanism none -n)
    [ "$(id -u)" -ne 0 ] || launcher=("$mpirun" --allow-run-as-root "${launcher[@]:1}")
fi

# The processes of the job's ranks: below mpirun, or below MPICH's proxy.
ranks_of() {
    local child
    for child in $(pgrep -P "$1"); do
        if [ "$(cat "/proc/$child/comm" 2>/dev/null)" = spikeq ]; then
            echo "$child"
        else
            ranks_of "$child"
        fi
    done
}

# ranks N ARGUMENT...: spikeq run as N processes, for two minutes at most.
ranks() {
    local n=$1
    shift
    timeout -k 1 120 "${launcher[@]}" "$n" "$mpi" run --quiet "$@" >"$folder/out" 2>"$folder/err"
}

# Wait for the job whose rank was killed; its exit status. The mpirun of Open MPI 4.1 sometimes waits for itself when it
# ends so (in PMIx_server_finalize()), long after its ranks are gone: it is killed then. Ranks that stay are a failure.
await_job() {
    local quarters
    for ((quarters = 0; quarters < 120; quarters++)); do
        kill -0 "$job" 2>/dev/null || break
        sleep 0.25
    done
    if [ "$quarters" -eq 120 ]; then
        check "ranks end when one was killed" "$(ps -o stat=,args= --ppid "$job" | grep -v '^Z')" ""
        echo "note: mpirun hung after its ranks had ended, and was killed"
        pkill -9 -P "$job"
        kill -9 "$job"
    fi
    wait "$job"
}

# The golden samples, shifted each by another number of pixels: $2 different ones from the few of $1.
samples() {
    /usr/bin/python3 - "$1" "$2" "$3" <<'END'
import sys
import numpy as np
few, n = np.load(sys.argv[1]), int(sys.argv[2])
np.save(sys.argv[3], np.stack([np.roll(few[i % len(few)], i // len(few), axis=-1) for i in range(n)]))
END
}

# What must be equal: the report but for its timing.
figures() {
    /usr/bin/python3 - "$1" <<'END'
import hashlib, json, sys
try:
    report = json.load(open(sys.argv[1]))
    del report["timing"]
    print(hashlib.sha256(json.dumps(report).encode()).hexdigest())
except (OSError, ValueError, KeyError) as error:
    print(error)
END
}

digest() { "$spikeq" inspect --digest "$1" 2>&1 | cut -d' ' -f1; }

# same NAME: report and trace equal those of one process, and nothing else is left.
same() {
    check "$1: report" "$(figures "$folder/some.json")" "$wanted_figures"
    check "$1: trace" "$(digest "$folder/some.db")" "$wanted_digest"
    check "$1: no part is left" "$(cd "$folder" && echo some.db?*)" "some.db?*"
    check "$1: silent" "$(cat "$folder/err")" ""
    rm -f "$folder"/some.*
}

# use SET N OPTION...: N samples for this golden network, and what one process makes of them.
use() {
    set=test/golden/$1
    samples "$set/input.npy" "$2" "$folder/in.npy"
    network=(--model "$set/model.safetensors" --config "$set/config.json" --input "$folder/in.npy" "${@:3}")
    some=("${network[@]}" --trace "$folder/some.db" --report "$folder/some.json")
    "$spikeq" run --quiet "${network[@]}" --trace "$folder/one.db" --report "$folder/one.json" --force ||
        check "$1: one process" $? 0
    wanted_figures=$(figures "$folder/one.json")
    wanted_digest=$(digest "$folder/one.db")
}

for set in cifar-2-64 sdt-cifar-2-64 dvs-1-64; do
    use "$set" 23
    name=$set
    for n in 1 2 3 4 7; do
        ranks $n "${some[@]}" || check "$name: $n ranks" $? 0
        same "$name: $n ranks"
        "$spikeq" run --quiet "${some[@]}" --dry-run-ranks $n 2>"$folder/err" ||
            check "$name: a dry run of $n ranks" $? 0
        same "$name: a dry run of $n ranks"
    done
    ranks 3 "${network[@]}" --report "$folder/some.json"
    check "$name: 3 ranks without a trace" "$(figures "$folder/some.json")" "$wanted_figures"
    rm -f "$folder"/some.*
done

# Progress, of the samples of all ranks: a line on stderr, as launchers pass it on through a pipe.
use cifar-2-64 1500 --threads 1
"${launcher[@]}" 2 "$mpi" run "${some[@]}" >"$folder/out" 2>"$folder/err"
check "progress" "$(grep -cE '^[0-9]+/1500 samples +[0-9]+/s +[0-9]+ s to go$' "$folder/err" | sed 's/[1-9][0-9]*/some/')" some
check "progress: only lines of it" "$(grep -vcE '^[0-9]+/1500 samples' "$folder/err")" 0
: >"$folder/err"
same "progress"

# Integers are packed once on a machine, too: made of floats, or read from a file of integers.
use cifar-2-64 9 --arith fixed
ranks 3 "${some[@]}" || check "fixed: 3 ranks" $? 0
same "fixed: 3 ranks"
"$spikeq" quantize --model "$set/model.safetensors" --config "$set/config.json" --bits 8 --out "$folder/whole.safetensors" >"$folder/out" ||
    check "quantize" $? 0
network=(--model "$folder/whole.safetensors" --config "$set/config.json" --input "$folder/in.npy")
some=("${network[@]}" --trace "$folder/some.db" --report "$folder/some.json")
"$spikeq" run --quiet "${network[@]}" --trace "$folder/one.db" --report "$folder/one.json" --force
wanted_figures=$(figures "$folder/one.json")
wanted_digest=$(digest "$folder/one.db")
ranks 3 "${some[@]}" || check "a file of integers: 3 ranks" $? 0
same "a file of integers: 3 ranks"

# The input known by its names, and tilings of a plan: every rank has them.
use cifar-2-64 9 --input-digest names
ranks 3 "${some[@]}" || check "names: 3 ranks" $? 0
same "names: 3 ranks"
"$spikeq" graph "$set/model.safetensors" --config "$set/config.json" --plan --json >"$folder/tilings.json" ||
    check "a plan is written" $? 0
ranks 3 "${some[@]}" --plan "$folder/tilings.json" || check "a plan: 3 ranks" $? 0
check "a plan: said of all ranks" "$(grep -c tilings.json "$folder/some.json")" 1
same "a plan: 3 ranks"

# A rank is killed, any one at any moment; then the job goes on with another number of ranks.
use cifar-2-64 400
whole_ms=$( { time -p ranks 3 "${some[@]}"; } 2>&1 | awk '$1 == "real" { print int($2 * 1000) }')
rm -f "$folder"/some.*
in_time=0
for ((i = 0; i < kills; i++)); do
    "${launcher[@]}" 3 "$mpi" run --quiet "${some[@]}" >"$folder/out" 2>"$folder/err" &
    job=$!
    moment=$((RANDOM % whole_ms))
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    mapfile -t rank < <(ranks_of $job)
    [ ${#rank[@]} -eq 0 ] || kill -9 "${rank[RANDOM % ${#rank[@]}]}" 2>/dev/null
    await_job
    if [ $? -ne 0 ]; then
        in_time=$((in_time + 1))
        grep -q 'signal 9' "$folder/out" "$folder/err" # MPICH's launcher says it on stdout
        check "kill $i: the job says so" $? 0
        ranks $((RANDOM % 4 + 1)) "${some[@]}" --resume || check "kill $i: --resume" "$(cat "$folder/err")" 0
    fi
    : >"$folder/err"
    same "kill $i of seed $seed"
done
[ "$kills" -eq 0 ] || check "some ranks were killed in time" "$((in_time > 0))" 1

# One process completes what ranks began.
"${launcher[@]}" 3 "$mpi" run --quiet "${some[@]}" >"$folder/out" 2>"$folder/err" &
job=$!
for ((i = 0; i < 400; i++)); do # until the first rank records
    [ ! -s "$folder/some.db.rank-0" ] || break
    sleep 0.05
done
sleep "$(printf '%d.%03d' $((whole_ms / 4000)) $((whole_ms / 4 % 1000)))"
kill -9 "$(ranks_of $job | head -n 1)"
await_job
ranks 2 "${some[@]}"
check "a job that was cut short is not begun anew" "$(grep -c 'some.db.rank-. *: is part of a job that was cut short; --resume goes on with it, --force begins anew' "$folder/err")" 1
"$spikeq" run --quiet "${some[@]}" --resume 2>"$folder/err" || check "one process resumes" $? 0
same "one process completes"

# A job that is done already, or whose last steps were not: its trace is whole, its parts are there or not.
"$spikeq" run --quiet "${network[@]}" --trace "$folder/some.db" --dry-run-ranks 2
cp "$folder/some.db" "$folder/some.db.rank-1"
: >"$folder/some.db.rank-5.partial"
ranks 2 "${some[@]}" --resume || check "a job that was done: exit status" $? 0
same "a job that was done"

# A rank fails: one line that names it; what was recorded is of another input than the repaired one.
use cifar-2-64 23
/usr/bin/python3 -c 'import numpy as np, sys; x = np.load(sys.argv[1]).astype(np.float32); x[20] = np.nan; np.save(sys.argv[2], x)' \
    "$folder/in.npy" "$folder/nan.npy"
ranks 3 "${network[@]}" --input "$folder/nan.npy" --trace "$folder/some.db"
check "a rank fails: exit status" $? 1
check "a rank fails: one line" "$(grep '^spikeq' "$folder/err" | sed 's/rank [0-2]:/rank R:/; s/: sample 20.*/: sample 20/')" \
    "spikeq run: rank R: $folder/nan.npy: sample 20"
ranks 2 "${some[@]}" --resume
check "parts of another input: exit status" $? 1
check "parts of another input: the difference is named" \
    "$(grep '^spikeq' "$folder/err" | sed 's/^[^/]*//; s/sha256 = .*/sha256/')" "$folder/some.db.rank-0: was recorded otherwise: meta input_sha256"
ranks 2 "${some[@]}" --force || check "--force begins anew" $? 0
same "--force begins anew"

# Refusals, each one line.
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=4 "$spikeq" run "${some[@]}" 2>"$folder/err"
check "without MPI: exit status" $? 2
check "without MPI: one line" "$(cat "$folder/err")" "spikeq run: mpirun started 4 processes, and each would run all samples: this spikeq was built without MPI; build it with make MPI=1, or give each its --shard auto"
OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 "$spikeq" run "${some[@]}" 2>"$folder/err"
check "without MPI, another rank: exit status" $? 2
check "without MPI, another rank: nothing said twice" "$(cat "$folder/err")" ""
SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=3 "$spikeq" run "${some[@]}" 2>"$folder/err"
check "srun without MPI" "$? $(cat "$folder/err")" "2 spikeq run: srun started 3 processes that know nothing of each other, and each would run all samples: give each its --shard auto, or start them with srun --mpi=pmix or mpirun"
for option in "--dump $folder/dump" "--stream --frames duration:1000" "--shard 1/2"; do
    # shellcheck disable=SC2086 # a list of words
    "$spikeq" run "${network[@]}" --dry-run-ranks 2 $option >"$folder/out" 2>"$folder/err"
    check "a dry run with $option" "$? $(wc -l <"$folder/err")" "2 1"
done
ranks 2 --model "$folder/nothing.pth" --input "$folder/in.npy"
check "no model: its line comes once" "$(grep -c "nothing.pth: cannot be opened" "$folder/err")" 1

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
