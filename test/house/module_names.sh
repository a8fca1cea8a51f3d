#!/bin/sh
# Nothing in C goes by the names of a network's modules: they stand in configs/architectures and in what was made
# from it. A string (not a comment, not a path to include) names a module where
#   - it holds a module with a member, as block.0 or attn.%s;
#   - one of its words, letters, digits and _, is a module's alone: patch_embed, q_lif, proj_conv2, rpe;
#   - or it is such a name and nothing else, of those that are also words: "head", "attn".
# "heads", "header", "a head" and roles, which a graph states ("q", "proj", "residual"), do not count. What may
# name them is listed below, each with its reason.
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0
planted=$(mktemp -d) || exit 1
trap 'rm -rf "$planted"' EXIT

# FILE STRING REASON, the string without blanks.
exceptions() {
    cat <<'LIST'
sim/account/price/syops_names.inc "head" the rule of syops-counter, which goes by names
sim/account/price/switches.inc "head" a value of --switch
sim/account/sheets/energy_table.c "head" a kind of row in a table of layers
sim/account/sheets/energy_sheets.c "head" a kind of operation in a table
sim/network/plan.c "head" a kind of synapse in reports
traces/export/prosperity_keys.c "conv2d_rpe_sps" a key of Prosperity's files
LIST
}

member='(^|[^A-Za-z0-9_])(block|blocks|attn|mlp|patch_embed|stage[0-9]*|layers?|head|norm)[.]([0-9*?%{]|[a-z0-9_]+([.]|_[a-z0-9]|["0-9]))'
word='(^|[^A-Za-z0-9_])(patch_embed[0-9]*|pos_embed|(q|k|v|qkv|proj|rpe|attn|fc1|fc2|mlp)_(lif|bn|norm|conv|linear)[0-9]*|rpe)([^A-Za-z0-9_]|$)'
part='_rpe_'
whole='^"(head|attn|mlp|stage|norm1|norm2|rpe)"$'

# strings FILE...: FILE:STRING for each string in it. One run of the compiler takes the comments away.
strings() {
    for file in "$@"; do
        printf '\n"@FILE %s"\n' "$file"
        grep -vE '^ *# *include' "$file"
    done | ${CC:-gcc} -x c -fpreprocessed -dD -E -P - 2>/dev/null | sed -e "s/'\\\\*\"'//g" |
        grep -oE '"([^"\\]|\\.)*"' | awk '
            /^"@FILE / { file = substr($2, 1, length($2) - 1); next }
            { print file ":" $0 }'
}

# modules: of the lines FILE:STRING those that name a module and are not listed.
modules() {
    exceptions >"$planted/listed"
    awk -v member="$member" -v word="$word" -v part="$part" -v whole="$whole" '
        FILENAME == ARGV[1] { listed[$1 ":" $2] = 1; next }
        {
            string = substr($0, index($0, ":") + 1)
            if ((string ~ member || string ~ word || string ~ part || string ~ whole) && !($0 in listed))
                print
        }' "$planted/listed" -
}

count() { # STATUS WHAT
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

# The help of commands (sim/cli) shows examples, and knows nothing of networks.
sources=$(find sim kernels traces -path sim/cli -prune -o \( -name '*.[ch]' -o -name '*.inc' \) -print)
# shellcheck disable=SC2086
found=$(strings $sources)
named=$(printf '%s\n' "$found" | modules)
[ -z "$named" ]
count $? "strings that name modules:
$named"
# Every exception is still needed, and strings are found at all.
unneeded=$(exceptions | while read -r file string _; do
    printf '%s\n' "$found" | grep -qxF "$file:$string" || echo "$file $string"
done)
[ -z "$unneeded" ]
count $? "exceptions that nothing needs: $unneeded"
[ "$(printf '%s\n' "$found" | wc -l)" -gt 2000 ]
count $? "strings were not found"

# seen STRING: it is a violation; unseen STRING: it is not.
seen() {
    printf 'const char *s = "%s"; /* "block.0" */\n' "$1" >"$planted/s.c"
    [ "$(strings "$planted/s.c" | modules)" = "$planted/s.c:\"$1\"" ]
    count $? "a planted module was not seen: $1"
}
unseen() {
    printf 'const char *s = "%s"; // "patch_embed"\n' "$1" >"$planted/s.c"
    [ -z "$(strings "$planted/s.c" | modules)" ]
    count $? "an ordinary word was taken for a module: $1"
}
for string in block.0.attn.q_lif block.%u block.*.attn blocks.3.mlp attn.q_linear mlp.fc1_lif stage1.0.conv layer.2.weight \
    head.weight head.bias norm.weight patch_embed patch_embed.proj_conv pos_embed q_lif k_bn v_linear proj_lif proj_conv2 \
    attn_lif rpe_conv rpe_bn fc1_lif fc2_bn rpe head attn mlp stage norm1 'the population proj_lif of %s' \
    'none of block.%d' conv2d_rpe_sps; do
    seen "$string"
done
for string in heads block '%u channels cannot be divided among %u heads' 'header is cut short' heading attn_scale mlp_hidden mlp_ratio \
    attn_v_threshold head_dim 'the head is left out.' 'a block. Then' residual q proj fc1 classifier block_count 'per layer' \
    stages blocks_%s '<head>'; do
    unseen "$string"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
