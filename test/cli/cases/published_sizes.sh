# Published sizes: the network that each makes has the parameters that its source counts.
# needs: python3
# shellcheck shell=sh disable=SC2154

same_count() { # same_count NAME N: so many parameters (12,345) has the graph that a published size makes
    spikeq graph "$1" --json
    exits 0
    holds "$1 $(python3 -B "$root/test/reference/parameters.py" "$top/out")" "$1 $(echo "$2" | tr -d ,)"
}

start "published sizes: parameters that the descriptions state"
stated='s/.*"description": .* \([0-9][0-9,]*,[0-9]\{3\}\) parameters.*/\1/p'
for file in "$root"/configs/models/*.json; do
    n=$(sed -n "$stated" "$file")
    [ -z "$n" ] || same_count "$(basename "$file" .json)" "$n"
done
leaves
finish

# What tables and training logs print: of Spikformer test/golden/accounting/published.json, of CML Spikingformer and
# QKFormer the logs in their repositories; of residual networks those of torchvision's ResNets, which are the same layers.
start "published sizes: parameters that official logs print"
while read -r size n; do
    same_count "$size" "$n"
done <<END
spikformer-8-512-imagenet 29,705,768
spikformer-4-384-cifar10 9,330,874
cml-spikingformer-8-384-imagenet 16,828,312
cml-spikingformer-4-384-cifar10 9,326,266
cml-spikingformer-4-384-cifar100 9,360,916
qkformer-2-256-cifar10dvs-t16 1,504,138
sew-resnet-18-imagenet 11,689,512
sew-resnet-101-imagenet 44,549,160
END
leaves
finish
