# Wrong usage: exit status 2, one line, nothing done.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
see="see spikeq run --help"
run="run --model m --input i"
number="expected a whole number from"

refuse 2 "unknown command" "spikeq: unknown command train; see spikeq --help" train
refuse 2 "unknown option before a command" "spikeq: unknown option --threads; a command comes first; see spikeq --help" --threads
refuse 2 "run: no options" "spikeq run: --model is missing; $see" run
refuse 2 "run: no --model" "spikeq run: --model is missing; $see" run --input i
refuse 2 "run: no --input" "spikeq run: --input is missing; $see" run --model m
refuse 2 "run: unknown option" "spikeq run: unknown option --bogus; $see" $run --bogus
refuse 2 "run: unknown short option" "spikeq run: unknown option -x; $see" $run -x
refuse 2 "run: unknown option behind an argument" "spikeq run: unknown option --bogus; $see" run stray --bogus
refuse 2 "run: unknown short options behind an argument" "spikeq run: unknown option -x; $see" run stray -xy
refuse 2 "run: ambiguous option" "spikeq run: option --s is ambiguous: --size, --stream, --set, --shard, --schedule, --scale, --strict; $see" $run --s
refuse 2 "run: value for a flag" "spikeq run: option --json takes no value; $see" $run --json=1
refuse 2 "run: stray argument" "spikeq run: unexpected argument stray; $see" $run stray
for option in model input labels config set limit batch threads schedule isa dump report; do
    refuse 2 "run: --$option without a value" "spikeq run: option --$option needs a value; $see" run stray --$option
done
for bad in 0 -1 +1 1x x 1.5 1e3 '' ' 1' 0x10; do
    refuse 2 "run: --threads '$bad'" "spikeq run: --threads $bad: $number 1 to 1024; $see" $run --threads "$bad"
done
refuse 2 "run: --threads 1025" "spikeq run: --threads 1025: $number 1 to 1024; $see" $run --threads 1025
refuse 2 "run: --batch 65537" "spikeq run: --batch 65537: $number 1 to 65536; $see" $run --batch 65537
refuse 2 "run: --batch 0" "spikeq run: --batch 0: $number 1 to 65536; $see" $run --batch 0
refuse 2 "run: --limit 0" "spikeq run: --limit 0: $number 1 to 18446744073709551615; $see" $run --limit 0
refuse 2 "run: --limit beyond 64 bits" "spikeq run: --limit 18446744073709551616: $number 1 to 18446744073709551615; $see" $run --limit 18446744073709551616
refuse 2 "run: --schedule" "spikeq run: --schedule both: expected layer or step" $run --schedule both
refuse 2 "run: --schedule, upper case" "spikeq run: --schedule Layer: expected layer or step" $run --schedule Layer
refuse 2 "inspect: no file" "spikeq inspect: give one file; see spikeq inspect --help" inspect
refuse 2 "inspect: two files" "spikeq inspect: give one file; see spikeq inspect --help" inspect a b
refuse 2 "inspect: unknown option" "spikeq inspect: unknown option --xml; see spikeq inspect --help" inspect --xml a
refuse 2 "configs: argument" "spikeq configs: unexpected argument cifar; see spikeq configs --help" configs cifar
refuse 2 "configs: option" "spikeq configs: unknown option --json; see spikeq configs --help" configs --json

# Found only once the files are open, but wrong usage all the same.
golden="run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"
refuse 2 "run: --isa" "spikeq run: isa neon: not one of auto, scalar, avx2, avx512" $golden --isa neon
refuse 2 "run: --isa with a dump" "spikeq run: isa neon: not one of auto, scalar, avx2, avx512" $golden --isa neon --dump d --report r.json
refuse 2 "run: --set without =" "spikeq run: --set heads: expected key=value" $golden --set heads
refuse 2 "run: --set without a key" "spikeq run: --set =4: expected key=value" $golden --set =4

start "65 times --set"
sets=
i=0
while [ $i -lt 65 ]; do sets="$sets --set heads=4" i=$((i + 1)); done
spikeq $golden $sets
exits 2
says "spikeq run: --set given more than 64 times; $see"
finish

start "no command at all: the usage, on stderr"
spikeq
exits 2
prints_nothing
cp "$top/err" "$top/usage"
spikeq --help
exits 0
is_silent
prints <"$top/usage"
finish
