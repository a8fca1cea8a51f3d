"""Every block of commands or code in the documents is executed by documents.py, or listed with its reason.

    blocks.py LIST DOCUMENT...

A block is a fence of a language that runs (LANGUAGES), or lines without a language, fenced or indented, of which one
begins with a command (COMMANDS). ```console and ```pycon are executed, and so is what "<!-- file: NAME -->" writes for
them. Any other one has a line in LIST:

    DOCUMENT | its first line, or ```LANGUAGE for all of them | why it is not executed, or what executes it

A line of the list without its block is a failure too, and so is a link to a file or a heading that is not there. Where
docs/README.md, the index, is among the documents, it links to every other one of docs/.
"""

import pathlib
import re
import sys

EXECUTED = {"console", "pycon"}
LANGUAGES = EXECUTED | {"sh", "bash", "shell", "zsh", "python", "py", "c", "sql"}
COMMANDS = "apt apt-get bash build/spikeq cat cd export git make mkfifo pip python python3 sqlite3 sudo tar".split()
SPIKEQ = r"(build/)?spikeq (run|quantize|energy|analyze|replay|import|export|events|inspect|graph|synthesize|diff|configs|help|--version)"


def runs(line):
    """Does the line begin with a command and an argument? "spikeq run: ..." is a message."""
    line = line.strip().removeprefix("$ ")
    words = line.split()
    return len(words) > 1 and (words[0] in COMMANDS or re.match(SPIKEQ + r"\b(?!:)", line) is not None)


def blocks_of(lines):
    """[(language, lines, is a file)] of the fenced and indented blocks of a document."""
    found, i, is_file = [], 0, False
    while i < len(lines):
        if lines[i].startswith("```"):
            end = lines.index("```", i + 1)
            found.append((lines[i][3:], lines[i + 1 : end], is_file))
            i, is_file = end, False
        elif lines[i].startswith("    ") and (i == 0 or not lines[i - 1].strip()):
            end = i
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            found.append(("", [line[4:] for line in lines[i:end]], False))
            i = end - 1
        elif lines[i].strip():
            is_file = re.fullmatch(r"<!-- file: .* -->", lines[i]) is not None
        i += 1
    return found


def unexecuted(document, text):
    """{what the list may say: ...} of the blocks that run and that documents.py does not execute."""
    return {
        (document, lines[0].strip()): (document, "```" + language)
        for language, lines, is_file in blocks_of(text.split("\n"))
        if language not in EXECUTED and not is_file
        and (language in LANGUAGES or (not language and any(map(runs, lines))))
    }  # fmt: skip


def headings(path):
    """Anchors of a document's headings, as GitHub makes them."""
    lines, inside = [], False
    for line in path.read_text(encoding="utf-8").split("\n"):
        inside ^= line.startswith("```")
        if not inside and re.match(r"#+ ", line):
            lines.append(re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-"))
    return lines


def broken_links(document, text):
    """Links to files and headings that are not there."""
    folder = pathlib.Path(document).parent
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(?ms)^```.*?^```$", "", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        path = folder / name if name else pathlib.Path(document)
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in headings(path)):
            yield link


def not_in_index(documents):
    """Pages of docs/ that the index does not link to."""
    if "docs/README.md" in documents:
        index = pathlib.Path("docs/README.md").read_text(encoding="utf-8")
        yield from (name for name in documents
                    if name.startswith("docs/") and name != "docs/README.md" and f"]({name[5:]}" not in index)  # fmt: skip


def main():
    listed, *documents = sys.argv[1:]
    rows = [line.split(" | ") for line in pathlib.Path(listed).read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")]  # fmt: skip
    known = {(row[0], row[1]) for row in rows if len(row) == 3}
    faults = [f"{listed}: {' | '.join(row)}: expected DOCUMENT | first line | reason" for row in rows if len(row) != 3]
    used, passed = set(), 0
    for document in documents:
        text = pathlib.Path(document).read_text(encoding="utf-8")
        for keys in unexecuted(document, text).items():
            used.update(known.intersection(keys))
            passed += not known.isdisjoint(keys)
            if known.isdisjoint(keys):
                faults.append(f"{document}: {keys[0][1]}: not executed, and not in {listed}")
        faults += [f"{document}: there is no {link}" for link in broken_links(document, text)]
    faults += [f"docs/README.md: there is no row for {name}" for name in not_in_index(documents)]
    faults += [f"{listed}: {document} has no such block: {first}" for document, first in sorted(known - used)]
    for fault in faults:
        print("FAIL", fault)
    print(f"{passed} passed, {len(faults)} failed")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
