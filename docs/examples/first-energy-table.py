# %% [markdown]
# # A first energy table
#
# A trained Spikformer (depth 2, dimension 64, T = 4) on 1,000 test images of Fashion-MNIST: its firing rates, its energy by
# six conventions, where the energy goes, and the row of a paper's table beside that of a variant.
#
# This page is [first-energy-table.py](first-energy-table.py), executed cell by cell by `make docs-notebook`. The file opens
# as a notebook in VS Code, Spyder, or Jupyter with jupytext; run it from the root of the checkout, with `sim/python` on
# `PYTHONPATH`.

# %%
import gzip

import numpy as np
import spikeq

FASHION = "/usr/share/datasets/fashion-mnist/t10k-"  # Debian's package dataset-fashion-mnist


def idx(name, offset):
    with gzip.open(FASHION + name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


images = idx("images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)[:1000]
labels = idx("labels-idx1-ubyte.gz", 8)[:1000]
images.shape, images.dtype

# %% [markdown]
# ## The network
#
# `load()` takes what `torch.save()` or `safetensors` wrote. Architecture and sizes come from the weights; heads, timesteps and
# normalisation from the named configuration.

# %%
net = spikeq.load("configs/models/weights/fashion-2-64.safetensors", "fashion-2-64")
net

# %% [markdown]
# ## One run, recorded
#
# Bytes are scaled, padded and normalised as the configuration says. Every spike goes into `run.db`.

# %%
result = net.run(images, labels, trace="run.db")
print("accuracy", result.accuracy)
result.populations

# %% [markdown]
# ## Firing rates
#
# Spikes per neuron, for each population and timestep. In the first timestep hardly anything fires behind the first
# attention, as membrane potentials begin at zero.

# %%
result.rates


# %%
class Bars:
    """Bars in a notebook: one a row, of a table's column."""

    def __init__(self, table, names, values):
        self.rows = list(zip(table[names], table[values]))

    def _repr_html_(self):
        most = max(value for _, value in self.rows)
        return "".join(
            f'<div class="bar"><span>{name}</span><i style="width:{300 * value / most:.1f}px"></i>{value:.4f}</div>'
            for name, value in self.rows
        )


Bars(result.populations, "population", "rate")

# %% [markdown]
# ## Energy
#
# One run, one set of counts, six prices, and that of the same network as a dense ANN. The conventions differ in what they count, so a figure without the name of its
# convention and hardware profile says little. `exact` prices the operations that happened.

# %%
energy = result.energy()
energy["summary"]

# %% [markdown]
# Where does it go? By layer, in pJ per image:

# %%
result.energy("exact", per="layer")["layers_exact"]

# %% [markdown]
# ## A variant
#
# What if head 2 of the last block never sent a query? The recorded spikes are injected, what follows is computed, and the
# replay is recorded as a trace of its own.

# %%
trace = spikeq.Trace("run.db")
silent = trace.replay(silence="block.1.attn.q_lif[head=2]", record="silent.db")
print(silent["predictions_changed"], "of 1000 predictions change")
trace.diff("silent.db").populations

# %% [markdown]
# ## The table of the paper

# %%
table = spikeq.energy("run.db", "silent.db", convention="exact")
table["models"]

# %%
print(table.text("latex", columns="model,accuracy %,rate %,G ACs,energy_mj,ANN / this", digits=4))

# %% [markdown]
# In a notebook `trace.analyze()` shows a page with all charts; `trace.analyze().save("page.html")` writes it.
#
# Who has the trace can check the figures. Its digest is the same on any machine:

# %%
trace.digest()
