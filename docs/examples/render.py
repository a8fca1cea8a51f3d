"""An example in cells ("# %%", "# %% [markdown]") as one HTML page, with what its cells print and show.

    render.py EXAMPLE.py PAGE.html

Cells run in order in one namespace, in a folder of their own that has the checkout's configs. As in a notebook, a cell
shows what it prints, then the value of its last line: as HTML where the value can (_repr_html_), else as text.
"""

import ast
import contextlib
import html
import io
import os
import pathlib
import re
import sys
import tempfile

import markdown

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STYLE = """
body { max-width: 62em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 sans-serif; color: #222; background: #fff; }
pre, code { font: 13px/1.45 monospace; }
pre.code { background: #f5f6f8; border-left: 3px solid #4c78a8; padding: .7em 1em; overflow-x: auto; }
pre.out, div.out { padding: 0 1em; overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: .15em .7em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
caption { text-align: left; padding: .4em 0; color: #555; }
.bar { font-size: 13px; } .bar span { display: inline-block; width: 13em; }
.bar i { display: inline-block; height: .8em; margin-right: .6em; background: #4c78a8; }
"""


def cells_of(text):
    """[(is text, source)]"""
    parts = re.split(r"(?m)^# %%(.*)\n", text)
    return [("[markdown]" in kind, source.strip("\n")) for kind, source in zip(parts[1::2], parts[2::2])]


def shown(value):
    if hasattr(value, "_repr_html_"):
        rows = re.sub(r"(</tr>|</thead>|</caption>|<tbody>|</tbody>|</div>|</li>|<ul>)(?=<)", r"\1\n", value._repr_html_())
        return f'<div class="out">\n{rows}\n</div>'
    return f'<pre class="out">{html.escape(repr(value))}</pre>'


def executed(source, names):
    """The HTML of a cell's outputs."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    out = f'<pre class="out">{html.escape(printed.getvalue())}</pre>' if printed.getvalue() else ""
    return out + (shown(value) if value is not None else "")


def rendered(text):
    names, parts, title = {"__name__": "__main__"}, [], "example"
    for is_text, source in cells_of(text):
        if is_text:
            source = re.sub(r"(?m)^# ?", "", source)
            title = next(iter(re.findall(r"(?m)^# (.*)", source)), title)
            parts.append(markdown.markdown(source))
        else:
            parts.append(f'<pre class="code">{html.escape(source)}</pre>')
            parts.append(executed(source, names))
    head = f'<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n<style>{STYLE}</style>'
    body = "\n".join(part for part in parts if part)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    source, target = (pathlib.Path(name).resolve() for name in sys.argv[1:])
    text = source.read_text(encoding="utf-8")
    sys.path.insert(0, str(ROOT / "sim" / "python"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.symlink(ROOT / "configs", "configs")
        page = rendered(text)
        os.chdir(ROOT)
    target.write_text(page, encoding="utf-8")


main()
