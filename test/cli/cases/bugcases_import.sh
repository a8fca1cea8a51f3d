# Spike files and tables out of other people's bug reports (test/bugcases): what they hold, or one
# line that shows the form.
# shellcheck shell=sh disable=SC2154,SC2059 # variables of run_cli.sh; texts are formats on purpose
bugs=$root/test/bugcases

# takes WHAT FILE: three spikes of V1, as in bom.csv.
takes() {
    start "import: $1"
    spikeq import "$2" -o t.db --quiet
    exits 0
    is_silent
    prints_nothing
    spikeq export t.db --to csv
    prints <<END
sample,timestep,population,index
0,0,V1,3
0,2,V1,0
0,5,V1,3
END
    leaves t.db ${3:+"$3"}
    finish
}
takes "a CSV with a byte order mark" "$bugs/bom.csv"
takes "a CSV with quotes around everything" "$bugs/quoted.csv"
csv='\357\273\277"sample","timestep","population","index"\r\n"0","0","V1","3"\r\n0,2,V1,0\r\n0,5,"V1",3\r\n'
printf "$csv" >"$top/all.csv"
takes "a CSV out of a spreadsheet: mark, quotes, CRLF" "../all.csv"

form="expected the heading sample,timestep,population,index, found"
columns="four columns, separated by commas, without an index of rows"
refuse 1 "import: a CSV with semicolons" "spikeq import: $bugs/other.csv: line 1: $form \"sample;timestep;population;index\"; $columns" import "$bugs/other.csv" -o t.db
refuse 1 "import: a CSV with an index of rows" "spikeq import: $bugs/unnamed.csv: line 1: $form \",sample,timestep,population,index\"; $columns" import "$bugs/unnamed.csv" -o t.db
printf 'sample\ttimestep\tpopulation\tindex\n0\t0\ta\t1\n' >"$top/tab.csv"
refuse 1 "import: a CSV with TABs" "spikeq import: ../tab.csv: line 1: $form \"sample?timestep?population?index\"; $columns" import ../tab.csv -o t.db
printf '\377\376s\000a\000' >"$top/utf16.csv"
refuse 1 "import: a CSV in UTF-16" "spikeq import: ../utf16.csv: not a recording of spikes: text in UTF-16; save it as UTF-8" import ../utf16.csv -o t.db
refuse 1 "import: a web page" "spikeq import: $bugs/foreign-04: not a recording of spikes: a web page (HTML), such as a download behind a login; fetch the file itself" import "$bugs/foreign-04" -o t.db

start "import: SONATA, times of float32"
spikeq import "$bugs/times32.h5" -o t.db --dt 0.1 --quiet
exits 0
is_silent
spikeq export t.db --to csv
prints <<END
sample,timestep,population,index
0,1,V1,0
0,2,V1,1
0,41,V1,2
0,42,V1,3
0,47,V1,4
0,52,V1,5
0,1001,V1,6
0,19999,V1,7
END
leaves t.db
finish

start "import: SONATA, times of float32 that tell no timestep"
spikeq import "$bugs/times32.h5" -o t.db --dt 0.0001 --quiet --neurons V1=8 --force
exits 1
says_like "spikeq import: *: /spikes/V1: timestamp 100.099998 is timestep 1001000 of 65536 at most; --dt gives a longer one"
leaves ""
finish

# table WHAT CONTENT: the rates of test/bugcases/rates.csv.
table() {
    start "energy: rates $1"
    spikeq energy --rates "$bugs/rates.csv" --config "$bugs/net.json" --convention paper --format csv
    grep -v rates.csv "$top/out" >want
    printf "$2" >rates.csv
    sed 1d "$bugs/rates.csv" | sed "$3" >>rates.csv
    spikeq energy --rates rates.csv --config "$bugs/net.json" --convention paper --format csv
    exits 0
    is_silent
    grep -v rates.csv "$top/out" | cmp -s - want || complain "other prices: $(grep -v rates.csv "$top/out" | diff - want)"
    leaves rates.csv want
    finish
}
table "with a byte order mark and CRLF" '\357\273\277name,rate\r\n' 's/$/\r/'
table "with quotes" '"name","rate"\n' 's/^\([^,]*\),\(.*\)$/"\1","\2"/'

start "energy: rates of test/bugcases"
spikeq energy --rates "$bugs/rates-bom.csv" --config "$bugs/net.json" --convention paper --format csv
exits 0
is_silent
finish

# no_table CONTENT SENTENCE
no_table() {
    start "energy: rates, $2"
    printf "$1" >rates.csv
    spikeq energy --rates rates.csv --config "$bugs/net.json" --convention paper
    exits 1
    says "spikeq energy: rates.csv: $2"
    leaves rates.csv
    finish
}
no_table 'name;rate\na;0,5\n' 'line 2: 2 cells, expected 1 as in the heading; columns are separated by commas, decimals by points'
no_table '\377\376n\000' 'no table: text in UTF-16; save it as UTF-8'
no_table 'PK\003\004\024\000' 'no table: a zip archive, such as .xlsx; save a table as CSV'

# raster SHAPE FORTRAN BYTES: a.npy of uint8.
raster() {
    python3 -c 'import struct, sys
head = "{\"descr\": \"|u1\", \"fortran_order\": %s, \"shape\": (%s), }\n" % (sys.argv[2], sys.argv[1])
open("a.npy", "wb").write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + bytes(map(int, sys.argv[3])))' "$@"
}

# rows TEXT: what the trace exports as, behind the heading.
rows() {
    spikeq export t.db --to csv
    holds "$(sed 1d "$top/out" | tr '\n' ' ')" "$1"
}

start "import: one raster, [T,N]"
raster "3, 4" False 010000011000
spikeq import a.npy --population lif -o t.db
exits 0
is_silent
prints <<END
t.db: one NumPy raster: 1 sample, 3 timesteps, 1 population, 3 spikes
[3,4] was read as [T,N]: 3 timesteps of 4 neurons; --transpose if it is the other way round
END
rows "0,0,lif,1 0,1,lif,3 0,2,lif,0 "
leaves a.npy t.db
finish

start "import: one raster, [N,T] by --transpose, and in Fortran order"
raster "3, 4" False 010000011000
spikeq import a.npy --population lif --transpose -o t.db
exits 0
prints_part "[3,4] was read as [N,T]: 4 timesteps of 3 neurons; without --transpose if it is the other way round"
rows "0,0,lif,2 0,1,lif,0 0,3,lif,1 "
raster "4, 3" True 010000011000
spikeq import a.npy --population lif -o t.db --force
rows "0,0,lif,2 0,1,lif,0 0,3,lif,1 "
leaves a.npy t.db
finish

start "import: rasters of several samples, [B,T,N]"
raster "2, 3, 2" False 010000011000
spikeq import a.npy --population lif -o t.db --quiet
exits 0
rows "0,0,lif,1 1,0,lif,1 1,1,lif,0 "
leaves a.npy t.db
finish

start "import: a raster of counts"
raster "2, 2" False 0120
spikeq import a.npy --population lif -o t.db
exits 1
says "spikeq import: a.npy: lif: the value at sample 0, timestep 1, index 0 is 2, expected 0 or 1; counts are not spikes: record with a shorter timestep"
leaves a.npy
finish

start "import: a raster of another shape"
raster "2, 2, 1, 1" False 0101
spikeq import a.npy --population lif -o t.db
exits 1
says "spikeq import: a.npy: has shape [2,2,1,1], expected [T,N] or [B,T,N], with --transpose [N,T] or [B,N,T]; other shapes go into a folder as <population>.npy, [T,B,...]"
leaves a.npy
finish

refuse 2 "import: --population of others" "spikeq import: --population: $bugs/bom.csv already names its populations" import "$bugs/bom.csv" -o t.db --population a
refuse 2 "import: --transpose of others" "spikeq import: --transpose: only one .npy array may be [N,T] instead of [T,N]" import "$bugs/bom.csv" -o t.db --transpose

# 300 of neuron 3 at 0.3 ms, 70 at 2.9 ms, 3 at 3 ms, all ON.
printf '\001\054\200\001\054\000\106\200\013\124\000\003\200\013\270' >"$top/a.bs1"
start "import: SLAYER's spikes"
spikeq import ../a.bs1 -o t.db
exits 0
is_silent
prints <<END
t.db: SLAYER spikes: 1 sample, 4 timesteps, 1 population, 3 spikes
END
rows "0,0,spikes,300 0,2,spikes,70 0,3,spikes,3 "
spikeq import ../a.bs1 -o t.db --population in --dt 0.1 --neurons in=400 --force
prints_part "31 timesteps"
rows "0,3,in,300 0,29,in,70 0,30,in,3 "
leaves t.db
finish

start "import: SLAYER's spikes by another name need --format"
cp "$top/a.bs1" a
spikeq import a -o t.db
exits 1
says "spikeq import: a: not a recording of spikes: expected .npz, .npy, a folder of .npy, SONATA .h5, CSV, SLAYER .bs1, pickle of tensors"
spikeq import a -o t.db --format bs1 --quiet
exits 0
rows "0,0,spikes,300 0,2,spikes,70 0,3,spikes,3 "
leaves a t.db
finish
