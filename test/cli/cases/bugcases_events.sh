# Recordings out of other people's bug reports (test/bugcases): the events that are in them, or one
# line that says what the file is.
# shellcheck shell=sh disable=SC2086,SC2154 # variables of run_cli.sh; options are split on purpose
bugs=$root/test/bugcases

# gives NAME [OPTION...]: the events of NAME.expected.
gives() {
    file=$1
    shift
    start "events: $file${1:+ $*}"
    spikeq events "$bugs/$file" --dump-events d.bin "$@"
    exits 0
    is_silent
    cmp -s d.bin "$bugs/$file.expected" || complain "other events than in $file.expected"
    leaves d.bin
    finish
}

# foreign FILE WHAT: refused as no recording, by this name.
foreign() {
    start "events: ${1##*/} is no recording"
    spikeq events "$1" --dump-events d.bin
    exits 1
    says "spikeq events: $1: not a recording of events: $2"
    leaves ${3:-}
    finish
}

for file in evt3-utf8.raw latin1.aedat utf8-noend.aedat user.aedat tz.aedat; do gives $file; done # headers
for file in tmpdiff.aedat large.aedat hd.aedat; do gives $file; done                              # cameras
for file in legacy-line.raw frames-bit15.aedat comment.txt; do gives $file; done
for file in bom.txt heading.csv floats.txt; do gives $file; done # text
for file in eventcd.npy aedat-package.npy dv-processing.npy fortran.npy long.npy one-member.npz; do gives $file; done

start "events: compressed polarity packets are refused by name"
spikeq events "$bugs/packets-bit15.aedat" --tolerate
exits 1
says "spikeq events: $bugs/packets-bit15.aedat: byte 124: compressed polarity packets (SerializedTS) are not read; record without compression, or convert it by cAER or DV"
finish

start "events: a sensor's size by the system's number"
spikeq events "$bugs/old-gen31.raw"
exits 0
is_silent
prints_part "old-gen31.raw: Prophesee EVT 2.0, 640x480, view as stored"
finish

foreign "$bugs/foreign-00" "a ROS bag (rosbag), which is not read; export its events as text or .npy"
foreign "$bugs/foreign-01" "an Event Stream (.es), which is not read; convert it to text or .npy"
foreign "$bugs/foreign-04" "a web page (HTML), such as a download behind a login; fetch the file itself"
foreign "$bugs/foreign-06" "compressed by xz; unxz it first"
foreign "$bugs/foreign-08" "a tar archive; unpack it first"
foreign "$bugs/foreign-09" "an MCAP recording (ROS 2), which is not read; export it as text or .npy"
foreign "$bugs/foreign-11" "a Python pickle, which is not read here; save arrays by numpy.save"

# relative NAME BYTES WHAT: a file that begins with these bytes (printf), numbers 0, 1, 2 ... behind.
relative() {
    numbers=$(seq 0 95 | while read -r i; do printf '\\%03o' "$i"; done)
    # shellcheck disable=SC2059
    { printf "$2"; printf "$numbers"; } >"$top/$1"
    foreign "../$1" "$3"
    rm "$top/$1"
}
relative a.bz2 'BZh91AY&SY' "compressed by bzip2; bunzip2 it first"
relative a.gz '\037\213\010\000' "compressed by gzip; gunzip it first"
relative a.zst '\050\265\057\375' "compressed by zstd; unzstd it first"
relative a.lz4 '\004\042\115\030' "compressed by LZ4; unlz4 it first"
relative a.7z '7z\274\257\047\034' "a 7z archive; unpack it first"
relative a.h5 '\211HDF\015\012\032\012' "HDF5; SONATA spikes go to spikeq import, events must become .npy or text"
relative a.mat 'MATLAB 5.0 MAT-file' "MATLAB data, which are not read; save them as .npy or text"
relative a.pdf '%%PDF-1.7' "a PDF document"
relative a.png '\211PNG' "a PNG image"
relative a.jpg '\377\330\377\340' "a JPEG image"
relative a.html '\n  <HTML>' "a web page (HTML), such as a download behind a login; fetch the file itself"
relative a.xml '\357\273\277<?xml' "XML, which is not read"
relative utf16.txt '\377\376' "text in UTF-16; save it as UTF-8"
relative a.pkl '\200\003' "a Python pickle, which is not read here; save arrays by numpy.save"
relative labels '\000\000\010\001' "IDX (MNIST images or labels), which goes to spikeq run --input"
relative unknown 'FOO1' "its content fits none of the formats of docs/events.md; N-MNIST has no magic: --format nmnist reads it as such"
relative zeros '\000\000\000\000' "its content fits none of the formats of docs/events.md; N-MNIST has no magic: --format nmnist reads it as such"

numbers=$(seq 0 11 | while read -r i; do printf '\\000\\%03o\\200\\%03o\\000' "$i" "$i"; done)
# shellcheck disable=SC2059
printf "$numbers" >"$top/a.bs1"
foreign ../a.bs1 "SLAYER's 1-D spikes by its name (.bs1), which go to spikeq import"
mv "$top/a.bs1" "$top/a"
foreign ../a "its content fits none of the formats of docs/events.md; N-MNIST has no magic: --format nmnist reads it as such"

# A header in front of records, printf forms both: aedat NAME HEADER RECORDS.
aedat() {
    # shellcheck disable=SC2059
    { printf '#!AER-DAT2.0\r\n'; printf "$2"; printf "$3"; } >"$1"
}

# dumped HEX: the events in d.bin.
dumped() { holds "$(od -An -tx1 -v d.bin | tr -d ' \n')" "$1"; }

start "events: addresses that fit a DVS128 and a DVS640 are not guessed, --camera tells"
aedat a.aedat '' '\000\000\001\003\000\000\000\011'
spikeq events a.aedat
exits 1
says "spikeq events: a.aedat: names no camera (# AEChip), and its addresses fit both a DVS128 and a DVS640; --camera NAME gives it: DVS128, DAVIS240C, DAVIS346 and others of that family, DVXplorer, DVS640, DVS1280x720SD"
spikeq events a.aedat --camera dvs640 --dump-events d.bin
exits 0
is_silent
dumped "09000000000000008100000001"
spikeq events a.aedat --camera DVS128 --view raw --dump-events d.bin --force
exits 0
dumped "09000000000000000100010001"
spikeq events a.aedat --camera DVS1280x720SD --dump-events d.bin --force
dumped "09000000000000008100000001"
spikeq events a.aedat --camera DVS12 --dump-events e.bin
exits 2
says "spikeq events: --camera DVS12: expected one of DVS128, DAVIS240C, DAVIS346 and others of that family, DVXplorer, DVS640, DVS1280x720SD"
leaves a.aedat d.bin
finish

start "events: a camera by its addresses is warned of; --strict refuses it"
aedat a.aedat '' '\000\013\300\376\000\000\000\011'
spikeq events a.aedat
exits 0
says "spikeq events: warning: AEDAT 2.0 without a camera's name (# AEChip) is read as of a DVS640, by its addresses; --camera NAME gives another [camera-by-addresses]"
prints_part "a.aedat: AEDAT 2.0, DVS640 (by its addresses), 640x480, view raw"
spikeq events a.aedat --strict
exits 1
spikeq events a.aedat --strict --camera DVS640
exits 0
is_silent
aedat a.aedat '' '\000\000\177\001\000\000\000\011'
spikeq events a.aedat
exits 0
prints_part "a.aedat: AEDAT 2.0, DVS128 (by its addresses), 128x128, view cifar10dvs"
aedat a.aedat '' '\000\017\300\376\000\000\000\011'
spikeq events a.aedat
exits 1
says_like "spikeq events: a.aedat: names no camera (# AEChip), and its addresses fit neither a DAVIS nor a DVS640; --camera NAME gives it: *"
leaves a.aedat
finish

start "run: --camera is printed, noted in the trace and taken by a replay"
python3 -c 'import struct
open("a.aedat", "wb").write(b"#!AER-DAT2.0\n" + b"".join(struct.pack(">II", (i * 37 % 128 & ~5) << 8 | i * 11 % 128 << 1 | i & 1, i) for i in range(200)))'
network="--model dvs/model.safetensors --config dvs/config.json --input a.aedat --frames number:4"
spikeq run $network --quiet
exits 1
says_like "spikeq run: a.aedat: names no camera (# AEChip), and its addresses fit both a DVS128 and a DVS640; --camera NAME gives it: *"
spikeq run $network --camera DVS128 --trace t.db
exits 0
is_silent
prints_part "1 recording, frames number:4, bin 1, camera DVS128"
spikeq replay t.db --model dvs/model.safetensors --from input --input a.aedat --verify --quiet
exits 0
spikeq run --model dvs/model.safetensors --config dvs/config.json --input a.aedat --camera DVS128
exits 2
leaves a.aedat t.db
finish

start "events: address events behind a byte order mark"
printf '\357\273\277# spikeq address events 1\n# timesteps 1\n# samples 1\n# population input numbers [2,9,12]\n0 0 input 5 1\n# end frames 1 events 1\n' >a.txt
spikeq events a.txt --dump-events d.bin
exits 0
is_silent
prints_part "a.txt: address events, text, 12x9, view as stored"
leaves a.txt d.bin
finish

start "events: --camera where it changes nothing"
aedat a.aedat '# AEChip: x.y.DVS640\n' '\000\000\001\003\000\000\000\011'
spikeq events a.aedat --camera DVS640
exits 2
says "spikeq events: a.aedat: names its camera itself, DVS640; --camera is for recordings that do not"
spikeq events "$bugs/comment.txt" --camera DVS640
exits 2
says "spikeq events: $bugs/comment.txt: --camera is for AEDAT 2.0 recordings; this is text"
leaves a.aedat
finish

# named CHIP SIZE VIEW: an AEChip of this name is read as a camera of this size.
named() {
    start "events: camera $1"
    aedat a.aedat "# AEChip: x.y.$1\n" '\000\000\000\000\000\000\000\011'
    spikeq events a.aedat
    exits 0
    is_silent
    prints_part "a.aedat: AEDAT 2.0, $1, $2, view $3"
    rm a.aedat
    finish
}
named DVS128 128x128 cifar10dvs
named Tmpdiff128 128x128 cifar10dvs
named DAVIS240C 240x180 raw
named Davis346redColor 346x260 raw
named DAVIS240BaseCamera 240x180 raw
named DavisRGBW640 640x480 raw
named SBret10 240x180 raw
named DVS240 240x180 raw
named DVXplorer 640x480 raw
named DVS640 640x480 raw
named "DVXplorerMicro" 640x480 raw
named DVS1280x720SD 1280x720 raw

for chip in DVS128andCochleaAMS1b DVS1280x720 Tmpdiff64 DVS132S CDAVIS SBret100; do
    start "events: camera $chip is not known by a part of its name"
    aedat a.aedat "# AEChip: x.y.$chip\n" '\000\000\000\000\000\000\000\011'
    spikeq events a.aedat
    exits 1
    says "spikeq events: a.aedat: the addresses of camera $chip are not known; --camera NAME gives one that writes the same: DVS128, DAVIS240C, DAVIS346 and others of that family, DVXplorer, DVS640, DVS1280x720SD"
    spikeq events a.aedat --camera DVS128
    exits 0
    leaves a.aedat
    finish
done

start "events: before the line that ends a header, lines hold any bytes"
aedat a.aedat '# AEChip: DVS128\n# \001\002\200\000\n#\n#end of ascii HEADER\r\n' '\000\000\002\003\000\000\000\011'
spikeq events a.aedat --view raw --dump-events d.bin
exits 0
is_silent
dumped "09000000000000000100020001"
aedat a.aedat '# AEChip: DAVIS240C\n' '\043\000\020\000\000\000\000\012\043\000\020\000\000\000\000\013'
spikeq events a.aedat --view raw --dump-events d.bin --force
exits 0
dumped "0a0000000000000001008c00000b0000000000000001008c0000"
leaves a.aedat d.bin
finish

# evt21 HEADER: one event of EVT 2.1 behind a time, the upper halves first.
evt21() {
    # shellcheck disable=SC2059
    { printf "$1"; printf '\020\000\000\200\000\000\000\000\007\000\101\021\001\000\000\000'; } >a.raw
}
# order WHAT HEADER LEGACY
order() {
    start "events: EVT 2.1, $1"
    evt21 "$2"
    spikeq events a.raw --dump-events d.bin --size 1280x720
    exits 0
    is_silent
    if [ "$3" = legacy ]; then dumped 05040000000000002000070001; else dumped ""; fi
    leaves a.raw d.bin
    finish
}
order "legacy by the format" '%% format EVT21;endianness=legacy\n%% end\n' legacy
order "legacy by a line of its own" '%% evt 2.1\n%% endianness legacy\n%% end\n' legacy
order "legacy by an old system" '%% evt 2.1\n%% system_ID 49\n%% end\n' legacy
order "legacy by an old system of Prophesee" '%% integrator_name Prophesee\n%% evt 2.1\n%% system_ID 54\n%% end\n' legacy
order "not by a newer system" '%% evt 2.1\n%% system_ID 55\n%% end\n'
order "not by an old number of another maker" '%% evt 2.1\n%% camera_integrator_name Somebody\n%% system_ID 49\n%% end\n'
order "not by nothing" '%% evt 2.1\n%% end\n'
order "little by the format, whatever else" '%% format EVT21;endianness=little\n%% endianness legacy\n%% system_ID 49\n%% end\n'
order "little by its line, whatever the system" '%% evt 2.1\n%% endianness little\n%% system_ID 49\n%% end\n'

# size ID SIZE: the system's number tells the size.
size() {
    start "events: Prophesee's system $1 is $2"
    printf '%% evt 3.0\n%% system_ID %d\n%% end\n' "$1" >a.raw
    spikeq events a.raw
    prints_part "a.raw: Prophesee EVT 3.0, $2, view as stored"
    rm a.raw
    finish
}
size 41 640x480
size 49 1280x720
size 64 320x320
size 52 640x512

start "events: two sizes in one header"
printf '%% evt 3.0\n%% format EVT3;height=720;width=1280\n%% geometry 640x480\n%% end\n' >a.raw
spikeq events a.raw
exits 1
says "spikeq events: a.raw: the header says 640x480 (geometry) and 1280x720 (format); correct one"
leaves a.raw
finish

# text NAME CONTENT HEX: a text (printf) with these events; HEX "no": refused by the line that says why.
text_is() {
    start "events: text $1"
    # shellcheck disable=SC2059
    printf "$2" >a.txt
    spikeq events a.txt --dump-events d.bin
    exits 0
    is_silent
    dumped "$3"
    leaves a.txt d.bin
    finish
}
one=0a00000000000000010002000114000000000000000300040000
text_is "in another order, as its heading says" 'x,y,p,timestamp\n1,2,1,10\n3,4,0,20\n' $one
text_is "of pandas, with bools" '"t","x","y","polarity"\n10,1,2,True\n20,3,4,False\n' $one
text_is "of numpy.savetxt" '# caf\351\n1.000000000000000000e+01 1.000000000000000000e+00 2.0 1e0\n2e+1 3. 4.00 0.0\n' $one
text_is "with a mark, CRLF and a comment" '\357\273\277# t x y p\r\n10\t1\t2\t1\r\n20,3,4,-1\r\n' $one

# refuses WHAT CONTENT SENTENCE
refuses() {
    start "events: text $1"
    # shellcheck disable=SC2059
    printf "$2" >a.txt
    spikeq events a.txt --dump-events d.bin
    exits 1
    says "spikeq events: a.txt: $3; --tolerate uses the events before it"
    leaves a.txt
    finish
}
expected='expected a line "t x y p", t in whole us, p 0, 1 or -1'
refuses "with semicolons" '10;1;2;1\n' "byte 0: $expected (separated by blanks or commas)"
refuses "in decimal seconds" '0.000010 1 2 1\n' "byte 0: $expected (decimal seconds are not read)"
refuses "with a fraction behind zeros" '1.0000000000000000001e+01 1 2 1\n' "byte 0: $expected (decimal seconds are not read)"
refuses "beyond 62 bits" '1e19 1 2 1\n' "byte 0: $expected"
refuses "with a heading of seconds" 't_s,x,y,p\n1,1,2,1\n' "byte 0: $expected"
refuses "with a column twice" 't,x,x,p\n1,1,2,1\n' "byte 0: $expected"
refuses "with a heading among the events" 't,x,y,p\n1,1,2,1\nt,x,y,p\n' "byte 16: $expected"

# arrays PYTHON: run it, with npy() and npz() to write what NumPy would. The two events are e, as
# (t, x, y, p).
arrays() {
    python3 -c 'import struct, sys, zipfile
e = [(10, 1, 2, 1), (20, 3, 4, 0)]
def array(descr, shape, data, fortran=False):
    head = str({"descr": descr, "fortran_order": fortran, "shape": shape}) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + data
def npy(*a, **k):
    open("a.npy", "wb").write(array(*a, **k))
def npz(method=zipfile.ZIP_STORED, **member):
    with zipfile.ZipFile("a.npz", "w", method) as z:
        for name, data in member.items(): z.writestr(name + ".npy", data)
def column(kind, i, add=0):
    return array("<" + {"q": "i8", "H": "u2", "b": "i1"}[kind], (2,), struct.pack("<2" + kind, *(r[i] + add for r in e)))
def records(descr, *formats):
    return array(descr, (2,), b"".join(struct.pack(f, *v) for f, v in formats))
plain = [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "|b1")]
events = array(plain, (2,), b"".join(struct.pack("<qHHB", *r) for r in e))
rows = [[r[i] for r in e] for i in (1, 2, 3, 0)]
exec(sys.argv[1])' "$1"
}
# holds_events WHAT FILE PYTHON: the file that Python makes holds the two events.
holds_events() {
    start "events: NumPy, $1"
    arrays "$3"
    spikeq events "$2" --dump-events d.bin
    exits 0
    is_silent
    dumped $one
    leaves "$2" d.bin
    finish
}
holds_events "rows of float32 in Fortran order" a.npy 'npy("<f4", (2, 4), struct.pack("<8f", *sum(rows, [])), fortran=True)'
holds_events "padding and types of several kinds" a.npy 'npy([("", "|V3"), ("p", "|i1"), ("", "|V4"), ("t", ">i8"), ("", "|V4"), ("x", "<f4"), ("", "|V16"), ("y", "|u1"), ("", "|V23")],
    (2,), b"".join(b"\xff" * 3 + struct.pack("b", p) + b"\xff" * 4 + struct.pack(">q", t) + b"\xff" * 4 + struct.pack("<f", x) + b"\xff" * 16 + struct.pack("B", y) + b"\xff" * 23 for t, x, y, p in e))'
holds_events "records within the records, shapes and a title" a.npy 'npy([("head", [("id", "<i4"), ("tag", "|S3")], (2,)), (("time", "ts"), "<i8"), ("x", "<i2"), ("y", "<i2"), ("pol", "|i1"), ("roi", "<f4", (2, 2)), ("at", "<M8[us]")],
    (2,), b"".join(b"\xff" * 14 + struct.pack("<qhhb", *r) + b"\xff" * 24 for r in e))'
holds_events "records beside other members" a.npz 'npz(labels=column("q", 0), events=events)'
holds_events "compressed rows in Fortran order" a.npz 'npz(zipfile.ZIP_DEFLATED, arr_0=array("<i8", (2, 4), struct.pack("<8q", *sum(rows, [])), fortran=True))'
holds_events "members by other names" a.npz 'npz(timestamps=column("q", 0), x=column("H", 1), y=column("H", 2), polarity=column("b", 3), label=array("<i8", (), bytes(8)))'
holds_events "a column and another of its names" a.npz 'npz(timestamp=column("q", 0, 5), t=column("q", 0), x=column("H", 1), y=column("H", 2), p=column("b", 3))'

# no_events WHAT FILE PYTHON SENTENCE
no_events() {
    start "events: NumPy, $1"
    arrays "$3"
    spikeq events "$2" --dump-events d.bin
    exits 1
    says "spikeq events: $2: $4"
    leaves "$2"
    finish
}
wanted="expected one each of t (or timestamp), x, y, p (or polarity, on)"
no_events "fields of something else" a.npy 'npy([("a", "<i8"), ("x", "<i2")], (1,), bytes(10))' \
    "records with the fields a, x; $wanted"
no_events "two fields for one column" a.npy 'npy([("ts", "<i8"), ("timestamp", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "<i2")], (1,), bytes(22))' \
    "records with the fields ts, timestamp, x, y, p; $wanted"
no_events "a time of several numbers" a.npy 'npy([("t", "<i8", (2,)), ("x", "<i2"), ("y", "<i2"), ("p", "<i2")], (1,), bytes(22))' \
    "field t of its records is more than one number"
no_events "fields that are Python objects" a.npy 'npy([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "<i2"), ("o", "|O")], (1,), bytes(22))' \
    "a structured array whose fields are not of the form ('t', '<i8'), hold Python objects, or make more than 4096 bytes"
no_events "an archive of other members" a.npz 'npz(spikes=column("q", 0), labels=column("q", 0))' \
    "no archive of events: it has the members spikes.npy, labels.npy; expected t.npy, x.npy, y.npy and p.npy, or one of records"

start "events: NumPy, an archive without arrays"
python3 -c 'import zipfile
zipfile.ZipFile("a.zip", "w").writestr("readme.txt", "hello")'
spikeq events a.zip
exits 1
says "spikeq events: a.zip: no archive of events: it has the members readme.txt; expected t.npy, x.npy, y.npy and p.npy, or one of records"
leaves a.zip
finish

start "events: a DAVIS of unknown size"
aedat a.aedat '# AEChip: x.y.DavisNew7 \r\n' '\001\100\060\000\000\000\000\011'
spikeq events a.aedat
exits 0
prints_part "a.aedat: AEDAT 2.0, DavisNew7, 34x34 (by its events), view raw"
spikeq events a.aedat --view upright
exits 2
says "spikeq events: a.aedat: view upright needs the size of camera DavisNew7, which is not known; give --size WIDTHxHEIGHT"
spikeq events a.aedat --view upright --size 10x20 --dump-events d.bin
exits 0
dumped "090000000000000006000e0000"
spikeq events a.aedat --camera DVS640
exits 2
says "spikeq events: a.aedat: names its camera itself, DavisNew7; --camera is for recordings that do not"
leaves a.aedat d.bin
finish

start "events: a view that a DVS640 has not"
aedat a.aedat '# AEChip: x.y.DVS640\n' '\000\000\001\003\000\000\000\011'
spikeq events a.aedat --view upright
exits 2
says "spikeq events: a.aedat: view upright is not one of this camera's: raw"
leaves a.aedat
finish

printf 'sample,timestep,population,index\n0,0,a,1\n' >"$top/a.csv"
foreign ../a.csv "a list of spikes, which goes to spikeq import"
rm "$top/a.csv"

start "events: DAT and EVT 2.0 with a header in Latin-1"
printf '%% Version 2\n%% Owner J\366rg\n%% Width 304\n%% Height 240\n\014\010\011\000\000\000\003\100\001\020' >a.dat
spikeq events a.dat --dump-events d.bin
exits 0
is_silent
dumped "09000000000000000300050001"
printf '%% Owner J\366rg, 20\240\260C\n%% evt 2.0\n%% geometry 640x480\n\000\000\000\200\005\030\100\022' >a.raw
spikeq events a.raw --dump-events d.bin --force
exits 0
is_silent
dumped "09000000000000000300050001"
leaves a.dat a.raw d.bin
finish
