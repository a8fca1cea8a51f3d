/* Figures of attention scores and operations. */
function block_choices(trace, member) {
    return (trace.attention || [])
        .filter(block => member in block)
        .map(block => `block ${block.block}`);
}

function chosen_block(trace, choice) {
    return (trace.attention || []).find(block => `block ${block.block}` === choice.block);
}

function head_names(block) {
    return block.scores_by_value.map((_, head) => `head ${head}`);
}

figures.scores = {
    choices: trace => ({ block: block_choices(trace, "scores_by_value") }),
    draw(trace, choice) {
        const block = chosen_block(trace, choice);
        if (!block) return null;
        const groups = head_names(block);
        const rows = block.scores_by_value.flatMap((counts, head) => {
            const all = counts.reduce((sum, count) => sum + count, 0);
            return counts
                .map((count, x) => ({ x, group: groups[head], pairs: count, value: count / all }))
                .filter(row => row.pairs > 0);
        });
        return {
            chart: "lines",
            rows,
            log: true,
            height: 240,
            size: 30,
            groups,
            palette: theme().category,
            x_title: "score q·k",
            x_format: "d",
            value_title: "share of pairs",
            format: ".0e",
            label: "Lines: distribution of attention scores by head",
            tip: row => [
                `${row.group}, score ${row.x}`,
                `${counted(row.pairs, "pair")}, ${write(row.value, ".3~p")}`,
            ],
        };
    },
};

figures.zero_scores = {
    draw: trace =>
        heatmap(
            (trace.attention || []).flatMap(block =>
                [
                    ["scores", "zero_score_share"],
                    ["query rows", "zero_row_share"],
                ].flatMap(([what, key]) =>
                    (block[key] || []).map((value, head) => ({
                        y: `block ${block.block}: ${what}`,
                        x: head,
                        value,
                    })),
                ),
            ),
            {
                x_title: "head",
                value_title: "share that is 0",
                most: 1,
                label: "Heatmap: zero scores by head",
            },
        ),
};

figures.orders = {
    draw(trace) {
        const groups = ["first product", "second product"];
        const orders = [
            ["(q kᵀ) v", "qk_first"],
            ["q (kᵀ v)", "kv_first"],
        ];
        const rows = (trace.attention || [])
            .filter(block => block.operations)
            .flatMap(block =>
                orders.flatMap(([order, key]) =>
                    ["first_product_additions", "second_product_additions"].map((part, i) => ({
                        y: `block ${block.block}: ${order}`,
                        group: groups[i],
                        order: i,
                        value: block.operations[key][part] / trace.samples,
                    })),
                ),
            );
        return stack(rows, groups, {
            x_title: "additions per sample",
            unit: "additions per sample",
            tip_format: ".4~s",
            label: "Stacked bars: additions of both orders of attention",
        });
    },
};
