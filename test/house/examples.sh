#!/bin/sh
# The examples in cells of docs/examples: executed anew, each gives the page that lies beside it, byte for byte
# (`make docs-notebook` writes it). "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
python=/usr/bin/python3
why=
[ -e /usr/share/datasets/fashion-mnist ] || why="needs dataset-fashion-mnist"
$python -c 'import numpy, markdown' 2>/dev/null || why="needs python3-numpy and python3-markdown"
nm "$spikeq" | grep -qE ' (__asan|__tsan)_init' && why="an interpreter cannot load a sanitizer's library"
if [ -n "$why" ]; then
    echo "skip: the examples in cells: $why"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
SPIKEQ_LIBRARY=$(realpath "$(dirname "$spikeq")/libspikeq.so")
SPIKEQ_CONFIGS=$PWD/configs
export SPIKEQ_LIBRARY SPIKEQ_CONFIGS
passed=0 failed=0
# shellcheck source=test/support/check.sh
. test/support/check.sh
for example in docs/examples/[!r]*.py; do
    page=${example%.py}.html
    $python -B docs/examples/render.py "$example" "$work/page.html" >"$work/log" 2>&1 &&
        diff "$page" "$work/page.html" >"$work/log"
    verdict $? 0 "$page is not what $example shows: make docs-notebook"
done

# What the program makes of cells: texts, printed lines, values, and a cell that raises.
cat >"$work/small.py" <<'CELLS'
# %% [markdown]
# # Title
# Some *text*.

# %%
x = 3
print("x <", x + 1)
x

# %%
class Shown:
    def _repr_html_(self):
        return "<b>shown</b>"


Shown()
CELLS
$python -B docs/examples/render.py "$work/small.py" "$work/small.html" >"$work/log" 2>&1
sed -n '/^<body>/,$p' "$work/small.html" >"$work/body"
cat >"$work/wanted" <<'PAGE'
<body>
<h1>Title</h1>
<p>Some <em>text</em>.</p>
<pre class="code">x = 3
print(&quot;x &lt;&quot;, x + 1)
x</pre>
<pre class="out">x &lt; 4
</pre><pre class="out">3</pre>
<pre class="code">class Shown:
    def _repr_html_(self):
        return &quot;&lt;b&gt;shown&lt;/b&gt;&quot;


Shown()</pre>
<div class="out">
<b>shown</b>
</div>
</body>
</html>
PAGE
diff "$work/wanted" "$work/body" >"$work/log" 2>&1
verdict $? 0 "the page of a small example"
printf '# %%%%\n1 / 0\n' >"$work/raises.py"
$python -B docs/examples/render.py "$work/raises.py" "$work/raises.html" >"$work/log" 2>&1
verdict $? 1 "a cell that raises"
[ ! -e "$work/raises.html" ]
verdict $? 0 "a cell that raises leaves no page"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
