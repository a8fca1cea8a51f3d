# Progress is for a terminal only: in a pipe stderr stays empty however long the run takes.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
start "no progress in a pipe"
printf '\0\0\010\004\0\0\0\310\0\0\0\003\0\0\0\040\0\0\0\040' >images
head -c 614400 /dev/zero >>images
spikeq run --model cifar/model.safetensors --config cifar/config.json --input images --threads 1 --isa scalar \
    --set mean=0,0,0 --set std=1,1,1
exits 0
is_silent
prints_part "IDX uint8 [200,3,32,32], /255"
leaves images
finish

start "a reader that goes away"
"$spikeq" configs 2>"$top/err" | true
is_silent
finish
