#include "sim/synthesis/layer_fit.h"
#include "sim/synthesis/search.h"

#include <math.h>

/* How near the wanted rate a search ends, as a part of it; of the overlap, whose two factors are
 * searched for each trial; and how near counts as reached. */
static const double NEAR = 0.002, NEAR_OVERLAP = 0.005, REACHED = 0.01;

/* Biases are in units of a current whose variance is 1. */
static const double LARGEST_LEVEL = 4096, LARGEST_SPREAD = 8;

/* What the official module holds besides, so that it loads the file whole. */
static int add_unused(struct sq_error *err, struct sq_synthesis *synthesis)
{
    const struct sq_config *config = &synthesis->network->config;
    struct sq_architecture architecture;
    int status = sq_architecture_open(err, NULL, config->architecture, &architecture);
    if (status == SQ_OK)
        status =
            sq_unused_tensors(err, &architecture, config, sq_drawn_add_unused, &synthesis->drawn);
    sq_architecture_close(&architecture);
    return status;
}

int sq_synthesis_open(struct sq_error *err, struct sq_synthesis *synthesis)
{
    const size_t n = synthesis->network->n_nodes;
    struct sq_arena *arena = &synthesis->arena;
    synthesis->knob = sq_arena_alloc(arena, n, sizeof *synthesis->knob);
    synthesis->level = sq_arena_alloc(arena, n, sizeof *synthesis->level);
    synthesis->spread = sq_arena_alloc(arena, n, sizeof *synthesis->spread);
    synthesis->rate = sq_arena_alloc(arena, n, sizeof *synthesis->rate);
    if (!synthesis->knob || !synthesis->level || !synthesis->spread || !synthesis->rate)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the calibration");
    const struct sq_tensor_source source = sq_drawn_source(&synthesis->drawn);
    int status = sq_knobs_open(err, arena, synthesis->network, &synthesis->knobs);
    if (status == SQ_OK)
        status = sq_weights_load_from(err, &source, synthesis->network);
    return status == SQ_OK ? add_unused(err, synthesis) : status;
}

void sq_synthesis_close(struct sq_synthesis *synthesis)
{
    sq_stage_close(&synthesis->stage);
    sq_drawn_free(&synthesis->drawn);
    sq_arena_free(&synthesis->arena);
}

/* One population under search. */
struct trial {
    struct sq_synthesis *synthesis;
    size_t node;
    size_t factor[2]; /* of the overlap, */
    double level[2];  /* and where each of their searches begins */
};

/* Spikes are whole: half of one is as near as a rate comes. */
static double tolerance_of(const struct sq_synthesis *synthesis, size_t node, double part)
{
    return fmax(part * synthesis->rate[node].wanted, 0.5 / sq_stage_whole(&synthesis->stage, node));
}

int sq_synthesis_is_reached(const struct sq_synthesis *synthesis, size_t node)
{
    const struct sq_synthetic_rate *rate = &synthesis->rate[node];
    return fabs(rate->reached - rate->wanted) <=
           fmax(REACHED * rate->wanted, 1 / sq_stage_whole(&synthesis->stage, node));
}

/* Fire a population's knob, and from there to the population. */
static int fire(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    const size_t *from = &synthesis->knob[node].node;
    const int status = sq_stage_fire(err, &synthesis->stage, *from);
    return status == SQ_OK ? sq_stage_fire_on(err, &synthesis->stage, from, 1, node) : status;
}

/* The weights are found: they are loaded as the file has them, and the population fires by them. */
static int settle(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    int status = sq_fit_reload(err, synthesis, synthesis->knob[node].node);
    if (status == SQ_OK)
        status = fire(err, synthesis, node);
    synthesis->rate[node].reached = sq_stage_rate(&synthesis->stage, node);
    return status;
}

static int rate_at_level(struct sq_error *err, void *data, double x, double *rate)
{
    const struct trial *trial = data;
    struct sq_synthesis *synthesis = trial->synthesis;
    synthesis->level[trial->node] = x;
    sq_knob_set(&synthesis->knobs, &synthesis->drawn, &synthesis->knob[trial->node], x,
                synthesis->spread[trial->node]);
    const int status = fire(err, synthesis, trial->node);
    *rate = sq_stage_rate(&synthesis->stage, trial->node);
    return status;
}

/* Find the level at which a population fires as wanted, from where it is now. */
static int search_level(struct sq_error *err, struct sq_synthesis *synthesis, size_t node,
                        double step)
{
    struct trial trial = {.synthesis = synthesis, .node = node};
    struct sq_synthetic_rate *rate = &synthesis->rate[node];
    const struct sq_search search = {.rate = rate_at_level,
                                     .data = &trial,
                                     .start = synthesis->level[node],
                                     .step = step,
                                     .limit = LARGEST_LEVEL,
                                     .wanted = rate->wanted,
                                     .tolerance = tolerance_of(synthesis, node, NEAR)};
    return sq_search(err, &search, &synthesis->level[node], &rate->reached);
}

/* The rate of a product's population, its factors' channels moved apart by -x: their own rates stay.
 * Each search begins where it did before, so that the rate depends on x alone. */
static int rate_at_overlap(struct sq_error *err, void *data, double x, double *rate)
{
    const struct trial *trial = data;
    struct sq_synthesis *synthesis = trial->synthesis;
    int status = SQ_OK;
    synthesis->spread[trial->factor[0]] = fabs(x);
    synthesis->spread[trial->factor[1]] = x;
    for (int i = 0; status == SQ_OK && i < 2; i++) {
        synthesis->level[trial->factor[i]] = trial->level[i];
        status = search_level(err, synthesis, trial->factor[i], 0.25);
    }
    if (status == SQ_OK)
        status = sq_stage_fire_on(err, &synthesis->stage, trial->factor, 2, trial->node);
    *rate = sq_stage_rate(&synthesis->stage, trial->node);
    return status;
}

/* What a node's source sends, before relays that read it alone: pooling, erosion. */
static size_t behind_relays(const struct sq_network *network, size_t node)
{
    while (network->node[node].kind == SQ_NODE_POOL || network->node[node].kind == SQ_NODE_ERODE)
        node = network->node[node].source[0];
    return node;
}

/* The two populations whose spikes a node multiplies, each with a bias of its own that nothing else
 * hangs on. 0: it has no such two. */
static int find_factors(struct sq_synthesis *synthesis, size_t node, size_t factor[2])
{
    const struct sq_network *network = synthesis->network;
    const struct sq_node *of = &network->node[node];
    if (of->kind == SQ_NODE_SUM)
        of = &network->node[behind_relays(network, of->source[0])];
    if (of->kind != SQ_NODE_ATTEND && (of->kind != SQ_NODE_AND || of->is_negated))
        return 0;
    for (int i = 0; i < 2; i++) {
        factor[i] = behind_relays(network, of->source[i]);
        if (!sq_node_is_population(&network->node[factor[i]]) ||
            synthesis->rate[factor[i]].setter != SQ_SET_BY_BIAS ||
            synthesis->knob[factor[i]].node != factor[i])
            return 0;
    }
    return factor[0] != factor[1] &&
           network->node[factor[0]].shape.n_channels == network->node[factor[1]].shape.n_channels &&
           !sq_stage_reaches_other(&synthesis->stage, factor, 2, node);
}

static int search_overlap(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    struct trial trial = {.synthesis = synthesis, .node = node};
    struct sq_synthetic_rate *rate = &synthesis->rate[node];
    double x;
    if (sq_synthesis_is_reached(synthesis, node) || !find_factors(synthesis, node, trial.factor))
        return SQ_OK;
    for (int i = 0; i < 2; i++)
        trial.level[i] = synthesis->level[trial.factor[i]];
    const struct sq_search search = {.rate = rate_at_overlap,
                                     .data = &trial,
                                     .step = 0.5,
                                     .limit = LARGEST_SPREAD,
                                     .wanted = rate->wanted,
                                     .tolerance = tolerance_of(synthesis, node, NEAR_OVERLAP)};
    rate->setter = SQ_SET_BY_OVERLAP;
    rate->stem = synthesis->knob[trial.factor[0]].stem;
    rate->other = synthesis->knob[trial.factor[1]].stem;
    int status = sq_search(err, &search, &x, &rate->reached);
    for (int i = 0; status == SQ_OK && i < 2; i++)
        status = settle(err, synthesis, trial.factor[i]);
    if (status == SQ_OK)
        status = sq_stage_fire_on(err, &synthesis->stage, trial.factor, 2, node);
    rate->reached = sq_stage_rate(&synthesis->stage, node);
    return status;
}

/* A population, whose layer is fitted. */
static int calibrate_population(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    struct sq_synthetic_rate *rate = &synthesis->rate[node];
    synthesis->knob[node] = sq_knobs_take(&synthesis->knobs, node);
    if (synthesis->knob[node].node != SQ_NO_KNOB) {
        rate->setter = SQ_SET_BY_BIAS;
        rate->stem = synthesis->knob[node].stem;
        const int status = search_level(err, synthesis, node, 1);
        return status == SQ_OK ? settle(err, synthesis, node) : status;
    }
    const int status = sq_stage_fire(err, &synthesis->stage, node);
    rate->reached = sq_stage_rate(&synthesis->stage, node);
    return status == SQ_OK ? search_overlap(err, synthesis, node) : status;
}

static int calibrate_node(struct sq_error *err, struct sq_synthesis *synthesis, size_t index)
{
    const struct sq_node *node = &synthesis->network->node[index];
    int status = SQ_OK;
    if (sq_knob_is_at(node))
        status = sq_fit_layer(err, synthesis, index);
    else if (node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX)
        status = sq_fit_product(err, synthesis, index);
    if (status == SQ_OK && sq_node_is_population(node))
        return calibrate_population(err, synthesis, index);
    return status == SQ_OK ? sq_stage_fire(err, &synthesis->stage, index) : status;
}

int sq_synthesis_calibrate(struct sq_error *err, struct sq_synthesis *synthesis)
{
    const size_t n = synthesis->network->n_nodes;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < n; i++) {
        status = calibrate_node(err, synthesis, i);
        if (synthesis->progress != NULL)
            synthesis->progress(synthesis->progress_data, i + 1, n);
    }
    return status;
}
