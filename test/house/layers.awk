# Folders, and what their files include; lines of layers.sh's graph():
#
#   F folder                  it holds sources
#   E folder target file      a file of it includes a file of the target
#   L folder <header> file    a file of it includes a library's header
#   X folder name file        a file of it includes what is not there
#
# mode=check: compare with `table` (test/house/layers), a line for every difference, exit status 1 if there
# is one. mode=floors: the floors, bottom first. mode=write: the table anew, with the packages of the old one.

function note(text) { print "FAIL " text; bad = 1 }

# "a b c" of the keys of a set "FOLDER SUBSEP target", sorted.
function list_of(of, set,    key, part, n, i, j, item, kept, text) {
    n = 0
    for (key in set) {
        split(key, part, SUBSEP)
        if (part[1] == of)
            item[++n] = part[2]
    }
    for (i = 2; i <= n; i++) {
        kept = item[i]
        for (j = i - 1; j >= 1 && item[j] > kept; j--)
            item[j + 1] = item[j]
        item[j + 1] = kept
    }
    for (i = 1; i <= n; i++)
        text = text (i > 1 ? " " : "") item[i]
    return text
}

# Floors of all folders: one above the highest that it stands on. What is left without one lies in a circle.
function find_floors(    folder, key, part, is_ready, above, changed) {
    do {
        changed = 0
        for (folder in has) {
            if (folder in floor)
                continue
            is_ready = 1
            above = 0
            for (key in edge) {
                split(key, part, SUBSEP)
                if (part[1] != folder)
                    continue
                if (!(part[2] in floor))
                    is_ready = 0
                else if (floor[part[2]] + 1 > above)
                    above = floor[part[2]] + 1
            }
            if (is_ready) {
                floor[folder] = above
                changed = 1
                highest = above > highest ? above : highest
            }
        }
    } while (changed)
}

# Go down from a folder without a floor until one comes again.
function note_circle(    folder, start, key, part, seen, text) {
    for (folder in has)
        if (!(folder in floor) && (start == "" || folder < start))
            start = folder
    if (start == "")
        return
    for (folder = start; !(folder in seen);) {
        seen[folder] = 1
        text = text folder " -> "
        for (key in edge) {
            split(key, part, SUBSEP)
            if (part[1] == folder && !(part[2] in floor))
                break
        }
        folder = part[2]
    }
    note("a circle: " text folder)
}

BEGIN {
    while ((getline line < table) > 0) {
        if (line ~ /^#/ || line == "")
            continue
        colon = index(line, ":")
        n = split(substr(line, 1, colon - 1), name, " ")
        row = name[1]
        if (row in listed)
            note("test/house/layers has two rows of " row)
        listed[row] = row ~ /^</ ? name[2] : "folder"
        n = split(substr(line, colon + 1), word, " ")
        for (i = 1; i <= n; i++)
            allowed[row, word[i]] = 1
    }
    has["sim/spikeq.h"] = 1
}

$1 == "F" { has[$2] = 1 }
$1 == "E" && $2 != $3 { edge[$2, $3] = $4 }
$1 == "L" { uses[$3, $2] = $4 }
$1 == "X" { note($4 ": includes " $3 ", which is not there") }

END {
    find_floors()
    if (mode == "floors") {
        sorted = "LC_ALL=C sort | sed 's/ *$//'"
        for (i = 0; i <= highest; i++) {
            n = 0
            for (folder in has)
                if (folder in floor && floor[folder] == i)
                    printf "%2d %-28s %s\n", i, folder, list_of(folder, edge) | sorted
            close(sorted)
        }
        note_circle()
        exit bad
    }
    if (mode == "write") {
        sorted = "LC_ALL=C sort -t: -k1,1 | sed 's/ $//'"
        for (folder in has)
            if (folder != "sim/spikeq.h")
                print folder ": " list_of(folder, edge) | sorted
        close(sorted)
        print "\n# Headers of libraries: header, package, and the folders that include it."
        for (key in uses) {
            split(key, part, SUBSEP)
            headers[part[1]] = 1
        }
        for (header in headers)
            print header " " (header in listed ? listed[header] : "PACKAGE") ": " list_of(header, uses) | "sort -f"
        exit
    }
    for (folder in has)
        if (!(folder in listed) && folder != "sim/spikeq.h")
            note(folder " is an unknown folder: give it a row in test/house/layers")
    for (row in listed)
        if (listed[row] == "folder" && !(row in has))
            note(row " has a row in test/house/layers, and no sources")
    for (key in edge) {
        split(key, part, SUBSEP)
        if (part[1] in listed && !(key in allowed))
            note(edge[key] ": " part[1] " may not include " part[2])
    }
    for (key in uses) {
        split(key, part, SUBSEP)
        if (!(part[1] in listed))
            note(uses[key] ": includes " part[1] ", an unknown header")
        else if (!(key in allowed))
            note(uses[key] ": " part[2] " may not include " part[1])
    }
    for (key in allowed) {
        split(key, part, SUBSEP)
        if (part[1] ~ /^</ ? !(key in uses) : !(key in edge) && part[1] in has)
            note(part[1] ": " part[2] (part[1] ~ /^</ ? " does not include it" : " is not included") ", take it out of test/house/layers")
    }
    note_circle()
    exit bad
}
