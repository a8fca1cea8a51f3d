# Checkpoints with more in them than one network of float32.
# shellcheck shell=sh disable=SC2154
bugcases=$root/test/bugcases

# The network of net.safetensors, with something beside it that plays no part: every spike and logit.
for model in complex.pth ndarray.pth fromtype.pth f8beside.safetensors; do
    start "$model has the spikes and logits of its network"
    spikeq run --quiet --config "$bugcases/net.json" --input "$bugcases/in.npy" \
        --model "$bugcases/net.safetensors" --dump want
    exits 0
    spikeq run --quiet --config "$bugcases/net.json" --input "$bugcases/in.npy" \
        --model "$bugcases/$model" --dump got
    exits 0
    is_silent
    diff -rq want got >diff || complain "$(cat diff)"
    leaves diff got want
    finish
done
