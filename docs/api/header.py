"""sim/spikeq.h as doxygen reads it: header.py HEADER, to standard output.

The header's comments are plain. Here a comment before a declaration becomes /** and one behind a member /**<; a line
"  name   text" about an argument becomes @param; "---- Title ----" begins a group; what else is indented stays as it
is set. Members whose names say it all need no comment in the header: what they mean is filled in here (NAMES).
"""

import re
import sys

ARGUMENT = re.compile(r" {3}([a-z_]+(?:, [a-z_]+)*) {2,}(\S.*)")
SECTION = re.compile(r" ?---- (.*?) -+$")
MEMBERS = re.compile(r"(?m)^( +(?:const )?(?:unsigned|double|char|\w+_t) )(\**\w+(?:,\s+\**\w+)+);( +/\*\*< .*? \*/)?$")
NAMES = {
    r"size_t size;": "sizeof of this struct, set by the caller",
    r"(?:size_t|uint32_t) n_dims;": "axes of @c dim",
    r"(?:size_t|uint32_t) n_(\w+);": r"how many: \1",
    r"void \*(\w+)_data;": r"given to @c \1 as its first argument",
}


def plain(line):
    """A line in which nothing is a command or markup of doxygen's."""
    return re.sub(r"([\\@<>&#%$])", r"\\\1", line)


def argument_of(line, declaration):
    """The @param of a line about arguments that the declaration has, or None."""
    found = ARGUMENT.fullmatch(line)
    if not found or not all(re.search(rf"\b{name}\b", declaration) for name in found[1].split(", ")):
        return None
    return f" @param {found[1].replace(', ', ',')} {plain(found[2])}"


def body_of(lines, declaration):
    """The lines of a comment, with the declaration behind it."""
    out, within = [], ""  # "": text; "argument"; "set": as it is
    for line in lines:
        is_indented, argument = line.startswith("   "), argument_of(line, declaration)
        if argument and within != "set":
            within = "argument"
            out.append(argument)
        elif is_indented and within == "argument":
            out.append(" " + plain(line.strip()))
        elif is_indented:
            out += [line] if within == "set" else [" @verbatim", line]
            within = "set"
        elif not line.strip():
            out.append(line)
        else:
            out += {"set": [" @endverbatim"], "argument": [""], "": []}[within]
            out.append(plain(line))
            within = ""
    return out + ([" @endverbatim"] if within == "set" else [])


def apart(match):
    """Members of one declaration, "const char *a, *b; /**< text */", as declarations with the same words each."""
    kind, names, words = match[1], re.split(r",\s+", match[2]), match[3]
    first = names[0].lstrip("*")
    parts = [words or ("" if i == 0 else f" /**< as @c {first} */") for i in range(len(names))]
    return "".join(f"{kind}{name};{part}\n" for name, part in zip(names, parts)).removesuffix("\n")


def documented(match, source, groups):
    """A comment of the header as one of doxygen's."""
    lines = [re.sub(r"^\s*\*", "", line) for line in match[0][2:-2].split("\n")]
    if source[: match.start()].rpartition("\n")[2].strip():  # behind a member
        return "/**< " + " ".join(plain(line.strip()) for line in lines) + " */"
    section, first = SECTION.match(lines[0]), " @file" if match.start() == 0 else ""
    if section:
        groups.append(re.sub(r"\W+", "_", section[1].lower()))
        lines[0], first = "", f" @defgroup {groups[-1]} {section[1]}"
    body = body_of(lines, source[match.end() :].partition(";")[0])
    comment = "/**" + first + "\n *".join(([""] if first else []) + body) + " */"
    return ("/** @} */ " if len(groups) > 1 else "") + comment + " /** @{ */" if section else comment


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        source = file.read()
    groups = []
    text = re.sub(r"/\*.*?\*/", lambda match: documented(match, source, groups), source, flags=re.S)
    for member, meaning in NAMES.items():
        text = re.sub(rf"(?m)^ +{member}$", lambda m, meaning=meaning: m[0] + m.expand(f" /**< {meaning} */"), text)
    text = MEMBERS.sub(apart, text)
    last = text.rindex("#ifdef __cplusplus")
    sys.stdout.write(text[:last] + ("/** @} */\n" if groups else "") + text[last:])


main()
