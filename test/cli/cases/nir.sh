# NIR graphs: run, graph, inspect, what they leave open and what is refused.
# shellcheck shell=sh disable=SC2154
"$(dirname "$spikeq")"/test/sim/nir/make_nir "$top/nir" || complain "make_nir failed"

# nir_frames SHAPE BYTES: frames.npy of that shape, of pixels 0 and 1
nir_frames() {
    printf "\223NUMPY\001\000\166\000%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': $1, }" >frames.npy
    awk -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", i * i % 7 % 3 == 1 ? "\001" : "\002" }' >>frames.npy
}

nir_case() {
    start "nir: $1"
    cp "$top"/nir/*.nir .
    nir_frames "(1, 4, 2, 8, 8)" 512
}

nir_end() {
    rm -f ./*.nir frames.npy
    leaves
    finish
}

nir_case "graph says node by node what is executed"
spikeq graph if.nir --set T=4
exits 0
is_silent
prints_part "architecture if.nir, configuration (from the weights), T = 4"
prints_part "8 nodes in 5 steps, 2 populations, 259 neurons, 264 weights"
holds "$(awk '$1 ~ /^[0-9]+$/ && NF > 4 && $2 != "nodes" { print $2, $3 }' "$top/out" | tr '\n' ';')" \
    "input input;conv conv;conv.n neuron;pool sumpool;flat flatten;affine linear;last.n neuron;output mean_time;"
nir_end

nir_case "run, trace, replay and energy take it"
spikeq run --model if.nir --set T=4 --input frames.npy --trace a.db --quiet
exits 0
is_silent
spikeq replay a.db --model if.nir --from input --input frames.npy --verify
exits 0
is_silent
prints_part "verified  8 frames of 2 computed populations: all equal, logits too"
spikeq energy a.db --convention exact
exits 0
rm -f a.db
nir_end

nir_case "an input of many channels, from run to replay"
nir_frames "(1, 4, 12, 1, 1)" 48
spikeq run --model vector.nir --set T=4 --input frames.npy --trace a.db --quiet
exits 0
is_silent
spikeq replay a.db --model vector.nir --from input --input frames.npy --verify
exits 0
prints_part "verified  4 frames of 1 computed population: all equal, logits too"
rm -f a.db
nir_end

nir_case "a network with leak asks for dt"
spikeq graph lif.nir --set T=4
exits 1
says 'spikeq graph: config (from the weights): the weights do not tell "dt", which lif.nir asks for: seconds of a timestep; give --set dt=VALUE'
spikeq graph lif.nir --set T=4 --set dt=1e-3
exits 0
is_silent
prints_part "neuron lif tau 2.5 threshold 1"
spikeq run --model lif.nir --set T=4 --set dt=1e-3 --input frames.npy --quiet
exits 0
is_silent
spikeq inspect lif.nir
exits 0
prints_part 'verdict   spikeq run takes it once "T", "dt" (seconds of a timestep) are given: --config NAME or --set T=N --set dt=VALUE'
spikeq inspect lif.nir --config
exits 0
grep -q '"dt":.*"?"' "$top/out" || complain "does not ask for dt"
grep -q heads "$top/out" && complain "asks for heads, which it does not have"
nir_end

nir_case "a reset that is not said is a warning"
warning='silent.nir: the file does not say to what the membranes of "last.n" are reset (no v_reset, NIR 1.0); here to 0, with at most one spike a timestep, and a simulator that subtracts the threshold or fires more often gives other spikes [reset-not-stated'
spikeq run --model silent.nir --set T=4 --input frames.npy --quiet
exits 0
says "spikeq run: warning: $warning]"
spikeq run --model silent.nir --set T=4 --input frames.npy --quiet --strict
exits 1
says "spikeq run: $warning: --strict makes this warning an error]"
nir_end

nir_case "what cannot run is refused by name"
refusal=' cuba.nir: node "conv.n" is a CubaLIF, which has no counterpart: its synaptic current has a time constant of its own, which no neuron here has'
for command in "graph cuba.nir" "inspect cuba.nir" "run --model cuba.nir --input frames.npy"; do
    # shellcheck disable=SC2086 # options are split on purpose
    spikeq $command
    exits 1
    says "spikeq ${command%% *}:$refusal"
    prints_nothing
done
head -c 1500 if.nir >cut.nir
spikeq graph cut.nir --set T=4
exits 1
says 'spikeq graph: cut.nir: not a checkpoint: it looks like an HDF5 file (Keras, or a damaged NIR graph); expected .safetensors or what torch.save() writes'
nir_end
