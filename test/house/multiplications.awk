# objdump -d --no-show-raw-insn, read from its mnemonic column alone: "function mnemonic where" for
# every multiplication, fused multiply-add, dot product, division and root, x86 and AArch64.
# `where` is "inner" in a loop that holds no other loop, else "outer" (also outside of any loop).
# The operands are not read: "accumulate" itself holds "mul".
BEGIN { FS = "\t" }

# Everything that is a product has one of these in its name; nothing else has.
function multiplies(name)
{
    return name ~ /mul|mla|mls|madd|msub|mneg|mmla|dot/ ||              # mul, vfmadd, pmaddwd, sdot
           name ~ /vpdp|vdpb|vdpph|^v?dpp[sd]$|^tdp|gf2p8|scalef/ ||    # vpdpbusd, dpps, tdpbssd
           name ~ /div|sqrt|rcp|recp|rsq/
}

function hexadecimal(text,    i, value)
{
    value = 0
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}

# A loop is what a jump backwards leads over.
function holds_loop(l,    k)
{
    for (k = 1; k <= n_loops; k++)
        if (k != l && from[k] >= from[l] && to[k] <= to[l])
            return 1
    return 0
}

function end_function(    i, l, where)
{
    for (i = 1; i <= n_found; i++) {
        where = "outer"
        for (l = 1; l <= n_loops; l++)
            if (found_at[i] >= from[l] && found_at[i] <= to[l] && !holds_loop(l))
                where = "inner"
        print function_name, found[i], where
    }
    n_found = n_loops = 0
}

/^[0-9a-f]+ <.*>:$/ {
    end_function()
    split($1, part, /[<>]/)
    function_name = part[2]
    sub(/\.(constprop|isra|part|cold)\..*$/, "", function_name)
}

NF >= 2 {
    sub(/^ +/, "", $1)
    sub(/:.*/, "", $1)
    instruction = $2
    while (instruction ~ /^(rep[a-z]*|lock|bnd|notrack|data16|addr32|cs|ds|es|ss|rex[.A-Z]*) /)
        sub(/^[^ ]+ +/, "", instruction)
    split(instruction, part, " ")
    if (multiplies(part[1])) {
        found[++n_found] = part[1]
        found_at[n_found] = hexadecimal($1)
    }
    # x86 "jne 1f0 <...>", AArch64 "b.ne 1f0 <...>", "cbz x0, 1f0 <...>": GNU awk and mawk alike
    operands = instruction (NF > 2 ? " " $3 : "")
    if (part[1] ~ /^(j|b$|b\.|cb|tb)/ && operands ~ /[0-9a-f]+ </) {
        sub(/ <.*/, "", operands)
        sub(/.*[ ,]/, "", operands)
        if (hexadecimal(operands) <= hexadecimal($1)) {
            from[++n_loops] = hexadecimal(operands)
            to[n_loops] = hexadecimal($1)
        }
    }
}

END { end_function() }
