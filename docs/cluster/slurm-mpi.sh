#!/bin/sh
#SBATCH --job-name=spikeq
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
exec srun --mpi=pmix "${SPIKEQ:-spikeq}" run --model configs/models/weights/fashion-2-64.safetensors --config fashion-2-64 \
    --input /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz \
    --labels /usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz --limit "${LIMIT:-10000}" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet --trace mpi.db --resume --report mpi.json
