#!/bin/bash
# A Slurm of one machine, set up in a temporary folder: the job scripts of docs/cluster, an array of shards and an MPI
# job, give the trace of one process; copies that know nothing of each other are refused. Needs root, slurmctld, slurmd,
# slurm-client and munge. Nothing outside the folder is touched; all daemons are ended.
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
export SPIKEQ=${SPIKEQ:-$root/build/${VARIANT:-release}/spikeq}
mpi=${SPIKEQ_MPI:-$root/build/${VARIANT:-release}-mpi/spikeq}
case $SPIKEQ in /*) ;; *) SPIKEQ=$root/$SPIKEQ ;; esac
case $mpi in /*) ;; *) mpi=$root/$mpi ;; esac
passed=0 failed=0
for tool in slurmctld slurmd munged srun sbatch; do
    command -v $tool >/dev/null || PATH=$PATH:/usr/sbin
    command -v $tool >/dev/null || missing="$missing $tool"
done
[ "$(id -u)" -eq 0 ] || missing="$missing root"
if [ -n "$missing" ]; then
    echo "skip: a local Slurm: needs$missing (make deps-slurm)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
chmod 755 "$work"
export SLURM_CONF=$work/slurm.conf LIMIT=200

# End a daemon by its own pid file.
end() { [ ! -s "$1" ] || kill "$(cat "$1")" 2>/dev/null; }
clean() {
    end "$work/slurmd.pid"
    end "$work/slurmctld.pid"
    end "$work/munged.pid"
    sleep 1
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

# shellcheck source=test/support/equal.sh
. test/support/equal.sh

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Daemons, each with its files in the folder. More processors are declared than there may be: jobs are small.
start() {
    local host
    host=$(hostname -s)
    mkdir "$work/state" "$work/spool" "$work/munge" "$work/jobs"
    dd if=/dev/urandom of="$work/munge/key" bs=1 count=1024 2>/dev/null
    chmod 700 "$work/munge"
    chmod 400 "$work/munge/key"
    cat >"$SLURM_CONF" <<END
ClusterName=spikeq
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
SwitchType=switch/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=8
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    munged --force --key-file="$work/munge/key" --socket="$work/munge.socket" \
        --pid-file="$work/munged.pid" --log-file="$work/munged.log" --seed-file="$work/munge/seed" >"$work/log" 2>&1 &&
        slurmctld -c >>"$work/log" 2>&1 && slurmd -c >>"$work/log" 2>&1 || return 1
    for _ in $(seq 60); do
        sinfo -h -o %t 2>/dev/null | grep -qE 'idle|mix|alloc' && return 0
        sleep 1
    done
    return 1
}

digest() { "$SPIKEQ" inspect --digest "$1" 2>&1 | cut -d' ' -f1; }

# job SCRIPT [OPTION...]: submit, and wait until it is done.
job() { sbatch --wait --chdir "$root" --output "$work/jobs/out-%j-%a.txt" "${@:2}" "$1" >"$work/log" 2>&1; }

if ! start; then
    echo "FAIL Slurm does not start: $(tail -n 3 "$work/log" "$work"/slurm*.log 2>/dev/null | cut -c 1-200)"
    echo "0 passed, 1 failed"
    exit 1
fi
cd "$work" || exit 1
ln -s "$root/configs" "$work/configs"
run=(run --model configs/models/weights/fashion-2-64.safetensors --config fashion-2-64 --limit "$LIMIT" --quiet
    --input /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz
    --labels /usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz)
"$SPIKEQ" "${run[@]}" --trace one.db
wanted=$(digest one.db)

sbatch --wait --output "$work/jobs/array-%a.txt" "$root/docs/cluster/slurm-array.sh" >"$work/log" 2>&1
check "an array of shards" "$? $(cat "$work"/jobs/array-*.txt)" "0 "
"$SPIKEQ" merge shard-*.db -o array.db >"$work/log" 2>&1
check "merged: the trace of one process" "$(digest array.db)" "$wanted"

SPIKEQ=$mpi sbatch --wait --output "$work/jobs/mpi.txt" "$root/docs/cluster/slurm-mpi.sh" >"$work/log" 2>&1
check "an MPI job by srun" "$? $(cat "$work/jobs/mpi.txt")" "0 "
check "its trace is that of one process" "$(digest mpi.db)" "$wanted"
check "its ranks" "$(/usr/bin/python3 -c 'import json; print(json.load(open("mpi.json"))["timing"]["ranks"])')" 4

cat >mpirun.sh <<END
#!/bin/sh
exec mpirun $([ "$(id -u)" -ne 0 ] || echo --allow-run-as-root) "$mpi" ${run[*]} --threads 1 --trace mpirun.db
END
sbatch --wait --ntasks=3 --output "$work/jobs/mpirun.txt" mpirun.sh >"$work/log" 2>&1
check "an MPI job by mpirun" "$? $(cat "$work/jobs/mpirun.txt")" "0 "
check "its trace, too" "$(digest mpirun.db)" "$wanted"

srun --ntasks=2 --mpi=none "$SPIKEQ" "${run[@]}" --trace copies.db >"$work/out" 2>"$work/err"
check "copies without MPI are refused, once" "$(grep -c '^spikeq run: srun started 2 processes that know nothing of each other' "$work/err")" 1
check "and nothing is recorded" "$(ls | grep -c copies.db)" 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
