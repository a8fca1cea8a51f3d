# Folders, lists and images as other people have them (test/bugcases, from reports against other tools).
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
bug=$root/test/bugcases
run="run --model $bug/net.safetensors --config $bug/net.json"

# same_as INPUT: the last run's dump in a is that of INPUT.
same_as() {
    "$spikeq" $run --input "$1" --dump b --quiet 2>"$top/err2" || complain "$(cat "$top/err2")"
    diff -r a b >"$top/diff" || complain "another result than of $1: $(head -n 5 "$top/diff")"
    rm -rf a b
}

for image in extraneous.jpg jfif2.jpg cmyk.jpg; do
    start "images: $image"
    spikeq $run --input "$bug/$image" --dump a --quiet
    exits 0
    is_silent
    same_as "$bug/$image.npy"
    leaves
    finish
done

start "images: grey of 16 bits is cut off as Pillow does it, and says so once"
mkdir set
cp "$root/test/golden/images/grey16.png" set/a.png
cp "$root/test/golden/images/grey16.png" set/b.png
for sizes in "--threads 1" "--threads 2 --batch 2"; do
    rm -f r.json
    spikeq $run --input set --set fit=crop --quiet --report r.json $sizes
    exits 0
    says_like "spikeq run: warning: set/a.png: a grey PNG image of 16 bits: * \[image-clipped\]"
    grep -q '"image-clipped"' r.json || complain "the report does not say it"
done
spikeq $run --input set --set fit=crop --quiet --strict --report s.json
exits 1
leaves r.json set
finish

start "images: of those cut off the first in input order is named, by shards, ranks and archives too"
mkdir set
cp "$root/test/golden/images/grey4.png" set/a.png
cp "$root/test/golden/images/grey16-small.png" set/b.png # 16 bits, nothing above 255
for image in c d e f g; do cp "$root/test/golden/images/grey16.png" set/$image.png; done
tar -cf set.tar set/*.png
warnings() { grep '"text":' "$1"; }
spikeq $run --input set --set fit=crop --quiet --report one.json
exits 0
warnings one.json >one
[ "$(wc -l <one)" -eq 1 ] && grep -q 'set/c.png: a grey PNG image' one || complain "the first is not named: $(cat one)"
spikeq $run --input set --set fit=crop --quiet --report ranks.json --trace ranks.db --dry-run-ranks 3
exits 0
for i in 1 2 3; do
    spikeq $run --input set --set fit=crop --quiet --report $i.json --trace $i.db --shard $i/3
    exits 0
done
spikeq merge 1.json 2.json 3.json -o shards.json --quiet
exits 0
spikeq merge 1.db 2.db 3.db -o shards.db --quiet
exits 0
for whole in ranks shards; do
    warnings $whole.json | cmp -s - one || complain "$whole: other warnings: $(warnings $whole.json)"
    [ "$(sqlite3 $whole.db "SELECT value LIKE '%set/c.png: a grey%' AND value NOT LIKE '%set/d.png%' FROM meta WHERE key = 'warnings'")" = 1 ] ||
        complain "$whole: the trace names another"
done
spikeq $run --input set.tar --set fit=crop --quiet --report tar.json
exits 0
grep -q 'set.tar: set/c.png: a grey PNG image' tar.json || complain "the first of the archive is not named"
rm -f ./*.json ./*.db one
leaves set set.tar
finish

start "folders: what is no image is passed over, and counted in output, report and trace"
cp -r "$bug/folder" "$bug/clean" .
spikeq $run --input folder --dump a --report r.json --trace t.db
exits 0
is_silent
text="3 images in 2 class folders, 3 other files passed over (.DS_Store first), /255, normalised"
prints_part "input     $text"
grep -qF "\"$text\"" r.json || complain "$(grep description r.json)"
holds "$(sqlite3 t.db "select value from meta where key = 'input_description'")" "$text"
"$spikeq" $run --input clean --dump b --quiet
diff -r a b >"$top/diff" || complain "another result than of the clean folder"
holds "$(grep -o '"sha256":.*' r.json | tail -n 1)" \
    "$("$spikeq" $run --input clean --quiet --report s.json && grep -o '"sha256":.*' s.json | tail -n 1)"
finish

start "lists: a byte order mark, ends of lines and separators of Windows"
cp -r "$bug/clean" "$bug/list-with-bom.txt" .
printf 'clean\\cats\\a.png 0\r\n"clean\\cats\\b.png",0\r\nclean\\dogs\\c.png\t1\r\n' >windows.txt
for list in list-with-bom.txt windows.txt; do
    spikeq $run --input $list --dump a --quiet
    exits 0
    is_silent
    same_as clean
done
finish

refuse 1 "lists: a file that is missing is named with its line" \
    "spikeq run: $bug/list-missing.txt: line 1 names \"clean/cats/missing.png\", which is not there; a line is PATH or PATH LABEL, from the list's folder on" \
    $run --input "$bug/list-missing.txt" --quiet

refuse 1 "config: a soft reset is refused by name" \
    "spikeq run: $bug/net-v-reset-null.json: \"v_reset\" is null (soft reset, which subtracts the threshold); this simulator knows only 0" \
    run --model $bug/net.safetensors --config $bug/net-v-reset-null.json --input $bug/in.npy --quiet

start "sizes: images in files say from what and how they were resized"
cp -r "$bug/sizes" .
spikeq $run --input sizes --set fit=resize
exits 0
prints_part "input     2 images in 2 class folders, 17x33 to 30x20 pixels, /255, stretched to 8x8 (bilinear, no antialiasing), normalised"
says "spikeq run: warning: sizes: 2 of 2 images lose their shape, 17x33 to 30x20 pixels, stretched to 8x8 (bilinear, no antialiasing); evaluation resizes the shorter side and crops the centre, --set fit=crop [images-stretched]"
spikeq $run --input sizes --set fit=crop --set interpolation=bicubic
exits 0
is_silent
prints_part "17x33 to 30x20 pixels, /255, shorter side resized to 8 (bicubic, antialiased), centre crop 8x8, normalised"
spikeq $run --input sizes --quiet
exits 1
says "spikeq run: sizes/a/x.png: holds uint8 [1,3,20,30]; the network takes images [B,3,8,8]: --set fit=crop brings them to size"
finish
