/* A plan as a table and as JSON. */
#include "kernels/attend/attend.h"
#include "sim/engine/fire.h"
#include "sim/json/page.h"
#include "sim/nodes/scratch.h"
#include "sim/nodes/synapse_tiling.h"
#include "sim/tilings/tilings.h"

#include <stdlib.h>

/* A plan under way. */
struct plan_of {
    const struct sq_network *network;
    struct sq_cpu cpu;
    const char *isa; /* of the kernels that would run */
    double rate[SQ_MAX_PLAN_RATES];
    size_t n_rates;
};

static const char loops[] =
    "groups of rows of all timesteps; blocks of outputs; bit planes, from high to low; tiles of "
    "weights; strips of outputs; quads of rows";

/* Where a width of weights decides. */
static const char *by_width(const struct sq_node *node, const char *f32, const char *i8,
                            const char *i16)
{
    return node->fixed == NULL ? f32 : node->fixed->weight_bytes == 1 ? i8 : i16;
}

/* Kernels of a node's synapse or attention, as kernels/ calls them; NULL: it has neither. */
static const char *kernel_of(const struct sq_network *network, const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_CONV:
    case SQ_NODE_LINEAR:
        return by_width(node, "accumulate_f32",
                        sq_has_tiles(node) ? "accumulate_i8, add_tile" : "accumulate_i8",
                        "accumulate_i16");
    case SQ_NODE_MASKED:
        return by_width(node, "masked_f32", "masked_i8", "masked_i16");
    case SQ_NODE_ANALOG_CONV:
        return sq_network_takes_events(network)
                   ? by_width(node, "spread_f32, dense_f32", "", "spread_i16, dense_i16")
                   : by_width(node, "dense_f32", "", "dense_i16");
    case SQ_NODE_REAL_CONV:
        return by_width(node, "dense_f32", "", "dense_i32");
    case SQ_NODE_HEAD:
        return "readout";
    case SQ_NODE_ATTEND:
        if (node->graded.n_planes[0] > 0)
            return node->fixed != NULL ? "attend_graded_i32" : "attend_graded";
        return node->fixed != NULL ? "attend_i32" : "attend";
    default:
        return NULL;
    }
}

/* The product that is taken first: exact either way. */
static const char *order_of(const struct sq_node *node)
{
    return node->graded.n_planes[0] == 0 && sq_attend_choose(&node->attend) == SQ_ATTEND_QK_FIRST
               ? "(q k^T) v"
               : "q (k^T v)";
}

/* One choice. */
struct chosen {
    double rate, cost;
    struct sq_tiling_case of;
    struct sq_tiling tiling;
    uint32_t steps, rows;
};

static struct chosen choose(const struct plan_of *of, const struct sq_node *node, double rate)
{
    const struct sq_node *from = &of->network->node[node->source[0]];
    struct chosen chosen = {.rate = rate, .of = sq_synapse_case(node, from, &of->cpu, rate)};
    chosen.tiling = sq_tiling_choose(&of->cpu, &chosen.of);
    chosen.cost = sq_tiling_cost(&of->cpu, &chosen.of, &chosen.tiling);
    chosen.steps = sq_tiling_steps(&chosen.tiling, chosen.of.kernel);
    chosen.rows = sq_tiling_rows(&chosen.tiling, chosen.of.channels);
    return chosen;
}

static uint32_t channels_of(const struct chosen *chosen)
{
    return chosen->tiling.parts > 1 ? chosen->tiling.part_rows : chosen->of.channels;
}

static cJSON *chosen_json(const struct chosen *chosen)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_number(object, "rate", chosen->rate);
    sq_json_count(object, "lines", chosen->tiling.lines);
    sq_json_count(object, "taps", chosen->tiling.taps);
    sq_json_count(object, "channels", channels_of(chosen));
    cJSON *about = sq_json_add_object(object, "about");
    sq_json_add_number(about, "events_a_row", chosen->of.events);
    sq_json_count(about, "steps", chosen->steps);
    sq_json_count(about, "weight_rows", chosen->rows);
    sq_json_count(about, "weight_bytes", (uint64_t)chosen->rows * chosen->of.row_bytes);
    sq_json_add_number(about, "cost", chosen->cost);
    return object;
}

static void describe_layer(cJSON *about, const struct plan_of *of, const struct sq_node *node)
{
    const struct sq_synapse *synapse = sq_node_weights(of->network, node);
    sq_json_add_text(about, "node", node->name);
    sq_json_add_text(about, "kernel", kernel_of(of->network, node));
    sq_json_count(about, "inputs", synapse->n_in);
    sq_json_count(about, "outputs", synapse->n_out);
    sq_json_count(about, "blocks", synapse->n_blocks);
    sq_json_count(about, "rows", node->kind == SQ_NODE_HEAD ? 1 : node->shape.n_rows);
    if (node->fixed != NULL) {
        sq_json_count(about, "weight_bytes", node->fixed->weight_bytes);
        sq_json_count(about, "sum_bytes", node->fixed->sum_bytes);
    }
    if (!sq_is_tiled(node))
        return;
    sq_json_count(about, "lines", synapse->kernel);
    sq_json_count(about, "channels", of->network->node[node->source[0]].shape.n_channels);
    sq_json_count(about, "bit_planes", of->network->node[node->source[0]].shape.n_planes);
    const uint32_t most_rows = sq_synapse_tiling(node, &of->cpu, NULL).most_rows;
    if (most_rows > 0)
        sq_json_count(about, "most_weight_rows", most_rows);
}

static cJSON *layer_json(const struct plan_of *of, const struct sq_node *node)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "layer", sq_node_weights(of->network, node)->name);
    cJSON *list = sq_is_tiled(node) ? sq_json_add_array(object, "tilings") : NULL;
    for (size_t i = 0; list != NULL && i < of->n_rates; i++) {
        const struct chosen chosen = choose(of, node, of->rate[i]);
        sq_json_append(list, chosen_json(&chosen));
    }
    if (sq_is_tiled(node) && list == NULL)
        sq_json_fail(object);
    describe_layer(sq_json_add_object(object, "about"), of, node);
    return object;
}

static void add_attention(cJSON *list, const struct plan_of *of, const struct sq_node *node)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "node", node->name);
    sq_json_add_text(object, "kernel", kernel_of(of->network, node));
    sq_json_add_text(object, "order", order_of(node));
    sq_json_append(list, object);
}

static void add_machine(cJSON *about, const struct plan_of *of)
{
    sq_json_add_text(about, "arith", of->network->arith);
    sq_json_add_text(about, "isa", of->isa);
    sq_json_count(about, "l1_bytes", of->cpu.l1_bytes);
    sq_json_add_bool(about, "l1_is_assumed", of->cpu.l1_is_assumed);
    sq_json_count(about, "l2_bytes", of->cpu.l2_bytes);
    sq_json_add_bool(about, "l2_is_assumed", of->cpu.l2_is_assumed);
    sq_json_count(about, "block_outputs", SQ_BLOCK_WIDTH);
    sq_json_count(about, "strip_outputs", SQ_LANES);
    sq_json_count(about, "group_rows", SQ_GROUP_ROWS);
    sq_json_add_text(about, "loops", loops);
}

static int describe_json(struct sq_error *err, const struct plan_of *of, char **text)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "format", "spikeq plan");
    sq_json_count(root, "version", 1);
    cJSON *about = sq_json_add_object(root, "about");
    add_machine(about, of);
    cJSON *attentions = sq_json_add_array(about, "attentions");
    cJSON *layers = sq_json_add_array(root, "layers");
    for (size_t i = 0; i < of->network->n_nodes; i++) {
        const struct sq_node *node = &of->network->node[i];
        if (sq_node_weights(of->network, node) != NULL)
            sq_json_append(layers, layer_json(of, node));
        else if (node->kind == SQ_NODE_ATTEND)
            add_attention(attentions, of, node);
    }
    return sq_page_json(err, root, text);
}

static void write_cache(FILE *to, const char *name, size_t bytes, int is_assumed)
{
    fprintf(to, "%s %zu KiB (%s)", name, bytes >> 10,
            is_assumed ? "assumed: the system does not say" : "as the system says");
}

static void write_heading(FILE *to, const struct plan_of *of)
{
    fprintf(to, "arithmetic %s, kernels %s\ncaches: ", of->network->arith, of->isa);
    write_cache(to, "first level", of->cpu.l1_bytes, of->cpu.l1_is_assumed);
    write_cache(to, ", second level", of->cpu.l2_bytes, of->cpu.l2_is_assumed);
    fprintf(to,
            "\nblocks of %d outputs in strips of %d, groups of up to %d rows\nloops, outermost "
            "first: %s\n"
            "cost: time of a row and strip of outputs, in additions of an event's weights from the "
            "first-level "
            "cache\n\n",
            SQ_BLOCK_WIDTH, SQ_LANES, SQ_GROUP_ROWS, loops);
}

/* "3 lines", "1 line", "2 taps", "128 channels". */
static void write_tile(FILE *to, const struct chosen *chosen)
{
    const struct sq_tiling *tiling = &chosen->tiling;
    char text[32];
    if (chosen->steps == 1)
        snprintf(text, sizeof text, "all weights");
    else if (tiling->parts > 1)
        snprintf(text, sizeof text, "%u channels", tiling->part_rows);
    else if (tiling->taps == chosen->of.kernel)
        snprintf(text, sizeof text, "1 line");
    else
        snprintf(text, sizeof text, "%u tap%s", tiling->taps, tiling->taps == 1 ? "" : "s");
    fprintf(to, "%-14s", text);
}

static void write_rate(FILE *to, const struct chosen *chosen)
{
    fprintf(to, " %6.4g %9.1f  ", chosen->rate, chosen->of.events);
    write_tile(to, chosen);
    fprintf(to, " %5u %7u %8.1f %9.1f\n", chosen->steps, chosen->rows,
            (double)chosen->rows * (double)chosen->of.row_bytes / 1024, chosen->cost);
}

/* A layer's kernel, and a line a rate. */
static void write_layer(FILE *to, const struct plan_of *of, const struct sq_node *node)
{
    const struct sq_synapse *synapse = sq_node_weights(of->network, node);
    fprintf(to, "%-30s %-24s %7u %8u", synapse->name, kernel_of(of->network, node), synapse->n_in,
            synapse->n_out);
    if (!sq_is_tiled(node))
        fputc('\n', to);
    for (size_t i = 0; sq_is_tiled(node) && i < of->n_rates; i++) {
        const struct chosen chosen = choose(of, node, of->rate[i]);
        fprintf(to, "%*s", i > 0 ? 30 + 1 + 24 + 1 + 7 + 1 + 8 : 0, "");
        write_rate(to, &chosen);
    }
}

static int describe_table(struct sq_error *err, const struct plan_of *of, char **text)
{
    struct sq_page page;
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    write_heading(page.stream, of);
    fprintf(page.stream, "%-30s %-24s %7s %8s %6s %9s  %-14s %5s %7s %8s %9s\n", "layer", "kernel",
            "inputs", "outputs", "rate", "events", "tile", "steps", "weights", "KiB", "cost");
    for (size_t i = 0; i < of->network->n_nodes; i++) {
        const struct sq_node *node = &of->network->node[i];
        if (sq_node_weights(of->network, node) != NULL)
            write_layer(page.stream, of, node);
        else if (node->kind == SQ_NODE_ATTEND)
            fprintf(page.stream, "%-30s %s, %s first\n", node->name, kernel_of(of->network, node),
                    order_of(node));
    }
    return sq_page_close(err, &page, text);
}

static int take_rates(struct sq_error *err, const char *text, struct plan_of *of)
{
    double last = 0;
    for (const char *at = text;; at++) {
        char *end;
        const double rate = strtod(at, &end);
        if (end == at || (*end != ',' && *end != '\0') || !(rate > last && rate <= 1))
            return sq_fail(err, SQ_EUSAGE,
                           SQ_OPT "rates %.60s: expected firing rates above 0, at most 1, "
                                  "ascending, separated by commas",
                           text);
        if (of->n_rates == SQ_MAX_PLAN_RATES)
            return sq_fail(err, SQ_EUSAGE, SQ_OPT "rates: at most %d", SQ_MAX_PLAN_RATES);
        of->rate[of->n_rates++] = last = rate;
        at = end;
        if (*at == '\0')
            return SQ_OK;
    }
}

int sq_tilings_describe(struct sq_error *err, const struct sq_network *network,
                        const struct sq_tilings_request *request, char **text)
{
    struct plan_of of = {.network = network};
    struct sq_kernels kernels;
    int status =
        sq_fire_kernels(err, request->isa != NULL ? request->isa : "auto", &of.cpu, &kernels);
    if (status == SQ_OK)
        status = take_rates(err, request->rates != NULL ? request->rates : "0.05,0.1,0.2", &of);
    if (status != SQ_OK)
        return status;
    of.isa = kernels.isa;
    return request->as_json ? describe_json(err, &of, text) : describe_table(err, &of, text);
}
