"""What the figures of a page must hold, from the JSON of the analysis: {figure: [values]} in the
order of their rows, for the choices that a page opens with."""


def flat(lists):
    return [value for part in lists for value in part]


def share(counts):
    return [count / sum(counts) for count in counts]


def moments(trace, key):
    return flat(population[key]["mean"] for population in trace["populations"])


def by_width(trace, key, column, value):
    items = [item for population in trace["populations"] for item in population["structure"][key]]
    return [item[value] for item in sorted(items, key=lambda item: item[column])]


def product_parts(products):
    rows, empty, exact, subset = (
        sum(products[key + "rows_per_timestep"]) for key in ("", "empty_", "exact_", "subset_")
    )
    return [empty / rows, exact / rows, subset / rows, (rows - empty - exact - subset) / rows]


def linear(layer):
    return layer.split(".attn.")[1].startswith(("q_", "k_", "v_", "proj_"))


def part(layer):
    """Number of the part of the network: patch embedding, linear, products, MLP, head, other."""
    if layer.startswith("patch_embed."):
        return 0
    if ".attn." in layer:
        return 1 if linear(layer) else 2
    return 3 if ".mlp." in layer else 4 if layer.startswith("head") else 5


def convention_parts(convention):
    sums = [
        sum(
            layer["energy_mj_per_sample"]
            for layer in convention["layers"]
            if part(layer["name"]) == number
        )
        for number in range(6)
    ]
    return [energy / convention["energy_mj_per_sample"] for energy in sums if energy > 0]


def confusion(trace):
    """Share of the class, row by row of the true class."""
    cells = trace["confusion"]["cells"]
    classes = trace["confusion"]["classes"]
    count = dict(zip(zip(cells["label"], cells["prediction"]), cells["samples"]))
    return [
        count.get((true, said), 0) / samples
        for true, samples in zip(classes["class"], classes["samples"])
        for said in classes["class"]
        if samples
    ]


def figures(trace):
    populations, blocks, samples, timesteps = (
        trace[key] for key in ("populations", "attention", "samples", "timesteps")
    )
    first, energy = populations[0], trace["cost"]
    exits = trace["decision"]["early_exit"]
    steps = trace["decision"]["after_timestep"]
    return {
        "rate_per_timestep": moments(trace, "rate_per_timestep"),
        "rate_per_label": moments(trace, "rate_per_label"),
        "rate_per_channel": sorted(first["rate_per_channel"]["mean"], reverse=True),
        "overlap": [
            value
            for one in populations
            for value in one["time"]["overlap_with_next_timestep"]["jaccard"]
            if value is not None
        ],
        "delta": [one["time"]["delta_events_per_spike"] for one in populations],
        "first_spikes": [
            count / (one["neurons"] * samples)
            for one in populations
            for count in one["time"]["first_spikes_per_timestep"] + [one["time"]["never_fired"]]
        ],
        "zeros": by_width(trace, "zero_vectors_along_channels", "width", "zero_share"),
        "load": by_width(trace, "load_balance", "processing_elements", "utilisation"),
        "rows": share(first["structure"]["rows_by_events"]),
        "products": flat(product_parts(one["product_sparsity"]) for one in populations),
        "saved": flat(
            [
                one["product_sparsity"]["saved_share"],
                one["product_sparsity"]["timesteps_stacked"]["saved_share"],
            ]
            for one in populations
        ),
        "streams": flat(
            share([sum(column) for column in zip(*stream["elements_by_value_per_timestep"])])
            for stream in trace["residual_streams"]
        ),
        "scores": [
            value for head in blocks[0]["scores_by_value"] for value in share(head) if value > 0
        ],
        "attention_maps": flat(blocks[0]["mean_score_per_key_token"]),
        "zero_scores": flat(
            block["zero_score_share"] + block["zero_row_share"] for block in blocks
        ),
        "orders": [
            block["operations"][order][product + "_product_additions"] / samples
            for block in blocks
            for order in ("qk_first", "kv_first")
            for product in ("first", "second")
        ],
        "maps": [
            count / (samples * timesteps) for count in flat(first["maps"]["spikes_per_channel"])
        ],
        "after_timestep": [
            step[key]["value"]
            for key in ("accuracy", "agreement_with_last_timestep")
            for step in steps
        ],
        "early_exit": [step["accuracy"]["value"] for step in exits],
        "conventions": flat(
            convention_parts(convention) for convention in energy["conventions"] + [energy["ann"]]
        ),
        "confusion": confusion(trace),
        "raster": flat(first["raster"]["fired_per_timestep"]),
        "layers": [
            1000 * value
            for layer in energy["layers"]
            for value in layer["energy_mj_per_sample_per_timestep"]
        ],
        "classes": [1000 * label["energy_mj_per_sample"] for label in energy["per_label"]],
    }
