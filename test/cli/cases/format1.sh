# Traces of version 1, recorded by the last program that wrote them (commit 1eae6a7): every command reads
# them, and says what it said of them then. test/traces/format1 holds, of the first two samples of
# cifar-1-48-odd in f32 and of fixed-dvs-1-32 in integers (5 bits, zlib): the trace, its digest, what inspect
# printed, and prices on two profiles, those of the runs' reports too.
# needs: python3 sqlite3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
narrow=$root/test/golden/fixed-dvs-1-32

# old CASE NAME: a case in a folder with the trace of version 1.
old() {
    start "$1"
    cp "$root/test/traces/format1/$2.db" .
}

# price SOURCE HARDWARE: its figures, as they are kept.
price() {
    "$spikeq" energy "$1" --hardware "$2" --format csv --columns "convention,G ACs,G MACs,energy_mj"
    "$spikeq" energy "$1" --hardware "$2" --format csv --convention exact --per layer --columns "layer,ACs,MACs,energy_pj"
    "$spikeq" energy "$1" --hardware "$2" --format csv --convention exact --per timestep --columns "t,ACs,MACs,energy_pj"
}

for net in f32 fixed; do
    case $net in
    f32) set=odd options="--limit 2" ;;
    fixed) set=$narrow options="--arith fixed --weight-bits 5 --scale layer --rounding down --membrane-bits 20 --pixel-bits 7" ;;
    esac
    model=$set/model.safetensors input=$set/input.npy
    run="--model $model --config $set/config.json --input $input $options"
    old "version 1, $net: inspect" $net
    spikeq inspect $net.db
    exits 0
    is_silent
    prints <"$root/test/traces/format1/$net.inspect.txt"
    spikeq inspect --json $net.db
    exits 0
    prints_part '"version":	1'
    spikeq inspect --digest $net.db
    exits 0
    prints <<END
$(cat "$root/test/traces/format1/$net.digest")  $net.db
END
    leaves $net.db
    finish

    old "version 1, $net: the same run has the same digest and the same prices" $net
    spikeq run $run --quiet --trace new.db --report r.json
    exits 0
    spikeq inspect --digest new.db
    holds "$(cut -c 1-64 "$top/out")" "$(cat "$root/test/traces/format1/$net.digest")"
    holds "$(sqlite3 new.db "PRAGMA user_version; SELECT count(*) FROM meta WHERE key IN ('nodes', 'adders')")" "2
0"
    for hardware in fp32_45nm fixed_45nm; do
        for source in $net.db new.db r.json; do
            price $source $hardware >prices 2>"$top/err"
            cmp -s prices "$root/test/traces/format1/$net.$hardware.csv" ||
                complain "$source, $hardware: $(diff prices "$root/test/traces/format1/$net.$hardware.csv" | head -n 6)"
        done
    done
    rm prices
    leaves $net.db new.db r.json
    finish

    old "version 1, $net: diff, analyze and export as of version 2" $net
    spikeq run $run --quiet --trace new.db
    spikeq diff $net.db new.db
    exits 0
    prints_part "spikes: all equal"
    prints_part "logits: all equal"
    spikeq diff new.db $net.db --json
    exits 0
    prints_part '"equal":	true'
    mv new.db keep
    spikeq analyze $net.db --json a.json
    exits 0
    spikeq export $net.db --to npz -o a.npz
    exits 0
    mv keep $net.db
    spikeq analyze $net.db --json b.json
    exits 0
    spikeq export $net.db --to npz -o b.npz
    exits 0
    cmp -s a.json b.json || complain "analyses differ"
    cmp -s a.npz b.npz || complain "exports differ"
    finish

    old "version 1, $net: replay, verified, and recorded in version 2" $net
    spikeq replay $net.db --quiet
    exits 0
    for from in "block.0.attn.q_lif" "input --input $input"; do
        spikeq replay $net.db --model $model --from $from --verify --trace new.db --force
        exits 0
        prints_part ": all equal, logits too"
        holds "$(sqlite3 new.db "PRAGMA user_version")" 2
        spikeq diff $net.db new.db
        exits 0
    done
    finish

    old "version 1, $net: is not continued" $net
    spikeq run $run --quiet --trace $net.db --resume
    exits 1
    says "spikeq run: $net.db: is a trace of version 1, which can be read but not continued; record it again with --force"
    prints_nothing
    leaves $net.db
    cmp -s $net.db "$root/test/traces/format1/$net.db" || complain "was changed"
    spikeq run $run --quiet --trace $net.db --force
    exits 0
    holds "$(sqlite3 $net.db "PRAGMA user_version")" 2
    finish
done
