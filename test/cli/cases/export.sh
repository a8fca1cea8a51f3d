# export and replay --stream: wrong usage and files that are no traces. What they write is tested in
# test/sim/replay, where there are traces.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
see="see spikeq export --help"
refuse 2 "export: nothing" "spikeq export: give a trace; $see" export
refuse 2 "export: two traces" "spikeq export: unexpected argument b; $see" export a b --to csv
refuse 2 "export: no --to" "spikeq export: --to is missing; $see" export a
refuse 2 "export: unknown option" "spikeq export: unknown option --bogus; $see" export a --bogus
refuse 2 "export: unknown letter" "spikeq export: unknown option -x; $see" export a -x
refuse 2 "export: -o without a value" "spikeq export: option -o needs a value; $see" export a -o
for option in to out populations samples; do
    refuse 2 "export: --$option without a value" "spikeq export: option --$option needs a value; $see" export a --$option
done
for format in npz hdf5 prosperity; do
    refuse 2 "export: --to $format without -o" "spikeq export: --to $format needs -o FILE; $see" export a --to $format
done
refuse 2 "export: unknown format" "spikeq export: --to xml: not one of npz, csv, hdf5, aer, prosperity" export a --to xml -o b
refuse 2 "export: no range" "spikeq export: --samples 5:2: expected sample numbers: 7, 10:20 (20 is out), 10: or :20" export a --to csv --samples 5:2
refuse 1 "export: no such trace" "spikeq export: a: cannot be opened: No such file or directory" export a --to csv -o b

start "export: no trace"
spikeq export cifar/input.npy --to npz -o b
exits 1
says_like "spikeq export: cifar/input.npy: *"
prints_nothing
leaves
finish

see="see spikeq replay --help"
refuse 2 "replay: nothing" "spikeq replay: give a trace; $see" replay
refuse 2 "replay: two traces" "spikeq replay: unexpected argument b; $see" replay a b --stream -
refuse 1 "replay: no such trace, no mode" "spikeq replay: a: cannot be opened: No such file or directory" replay a
refuse 2 "replay: a change without a model" "spikeq replay: --model is missing: a replay computes; $see" replay a --verify
refuse 2 "replay: a stream of a replay" "spikeq replay: --stream sends what was recorded; it goes with no model, --from, --verify or change; $see" replay a --stream - --verify
for option in stream pace form populations samples; do
    refuse 2 "replay: --$option without a value" "spikeq replay: option --$option needs a value; $see" replay a --$option
done
refuse 2 "replay: --form" "spikeq replay: --form xml: expected text or binary" replay a --stream - --form xml
refuse 2 "replay: --pace" "spikeq replay: --pace 1.5: expected max, or milliseconds from 0 to 86400000" replay a --stream - --pace 1.5
refuse 1 "replay: no such trace" "spikeq replay: a: cannot be opened: No such file or directory" replay a --stream -

for command in export replay; do
    start "$command --help"
    spikeq $command --help
    exits 0
    is_silent
    prints_part "usage: spikeq $command TRACE"
    finish
done
