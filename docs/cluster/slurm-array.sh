#!/bin/sh
#SBATCH --job-name=spikeq
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
exec "${SPIKEQ:-spikeq}" run --model configs/models/weights/fashion-2-64.safetensors --config fashion-2-64 \
    --input /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz \
    --labels /usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz --limit "${LIMIT:-10000}" \
    --shard auto --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet \
    --trace "shard-$SLURM_ARRAY_TASK_ID.db" --resume --report "shard-$SLURM_ARRAY_TASK_ID.json"
