/* `published`: a network as its own paper prices it, by a view (paper_views.h). */
#include "sim/account/price/exact.h"
#include "sim/account/price/paper.h"
#include "sim/account/price/paper_views.h"
#include "sim/account/price/pricing.h"

#include "kernels/base/option_names.h"

/* Of one operation: where the spikes enter the chain of convolutions that it belongs to. */
struct link {
    size_t root; /* the operation that they enter; itself where it reads them; n_ops: no such one */
    int is_last; /* no other of the chain reads it */
    double dense; /* of the chain up to here as one convolution, of one frame */
};

struct published {
    const struct sq_paper_view *view;
    enum sq_chains chains;
    struct sq_switches as; /* of the formulas in paper.c */
    struct link *link;     /* [n_ops] */
};

/* The operation of a node of the graph; n_ops: it is not one. */
static size_t op_of_node(const struct sq_counters *counters, uint32_t node)
{
    size_t i = 0;
    while (i < counters->n_ops && counters->op[i].node != node)
        i++;
    return i;
}

/* The convolution or linear layer whose sums, behind batch norms alone, an operation reads. */
static size_t layer_before(const struct sq_counters *counters, size_t i)
{
    size_t at = op_of_node(counters, counters->op[i].source_node);
    while (at < counters->n_ops && counters->op[at].kind == SQ_OP_NORM)
        at = op_of_node(counters, counters->op[at].source_node);
    return at < counters->n_ops && sq_op_is_layer(&counters->op[at]) ? at : counters->n_ops;
}

static uint64_t groups_of(const struct sq_op *op)
{
    return op->in_channels * op->kernel * op->n_out / op->dense_full;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Multiply-accumulates of the layers from the root to `i` as one: windows within windows; groups that
 * all have in common. */
static double dense_as_one(const struct sq_counters *counters, const size_t *before, size_t i)
{
    const struct sq_op *op = &counters->op[i];
    uint64_t side = op->side, groups = groups_of(op), in = op->in_channels;
    for (size_t at = before[i]; at < counters->n_ops; at = before[at]) {
        const struct sq_op *from = &counters->op[at];
        side = (side - 1) * from->stride + from->side;
        groups = common_divisor(groups, groups_of(from));
        in = from->in_channels;
    }
    return (double)op->n_out * (double)(in / groups) * (double)side * (double)side;
}

/* The chains of a network. `before` [n_ops] is for work. */
static void link_up(const struct sq_counters *counters, size_t *before, struct link *link)
{
    const size_t n = counters->n_ops;
    for (size_t i = 0; i < n; i++) {
        const struct sq_op *op = &counters->op[i];
        const int is_layer = sq_op_is_layer(op) && !op->is_head;
        before[i] = is_layer && op->is_real ? layer_before(counters, i) : n;
        link[i] =
            (struct link){.root = is_layer && !op->is_real && !op->is_analog ? i : n, .is_last = 1};
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i, steps = 0;
        while (before[at] < n && steps++ < n)
            at = before[at];
        if (at == i || link[at].root != at)
            continue;
        link[i].root = at;
        link[i].dense = dense_as_one(counters, before, i);
        link[before[i]].is_last = 0;
    }
}

int sq_published_begin(struct sq_error *err, struct sq_arena *arena, struct sq_pricing *pricing)
{
    const struct sq_counters *counters = &pricing->source->counters;
    const struct sq_paper_view *view = sq_paper_view_of(counters, pricing->switches);
    if (view == NULL)
        return sq_fail(
            err, SQ_EUNSUPPORTED,
            SQ_OPT "convention published: no view of the paper of %s; choose one by " SQ_OPT
                   "switch view=NAME, or " SQ_OPT "convention paper",
            counters->architecture[0] != '\0' ? counters->architecture : counters->config);
    if (view->formula == SQ_VIEW_COUNTED && !pricing->source->has_counts)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       SQ_OPT
                       "convention published: view %s needs counts, and rates are not counts",
                       view->name);
    if (view->formula == SQ_VIEW_COUNTED && pricing->switches->chains != SQ_CHAINS_VIEW)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "switch chains: decides nothing of view %s, which counts additions",
                       view->name);
    struct published *p = sq_arena_alloc(arena, 1, sizeof *p);
    size_t *before = sq_arena_alloc(arena, counters->n_ops, sizeof *before);
    struct link *link = sq_arena_alloc(arena, counters->n_ops, sizeof *link);
    if (p == NULL || before == NULL || link == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the chains of a network");
    link_up(counters, before, link);
    *p = (struct published){.view = view, .as = sq_switches_default(), .link = link};
    p->chains = pricing->switches->chains != SQ_CHAINS_VIEW
                    ? (enum sq_chains)pricing->switches->chains
                    : view->chains;
    p->as.paper = view->formula == SQ_VIEW_MASK;
    p->as.rate = view->rate == SQ_VIEW_NONZEROS;
    pricing->network = p;
    return SQ_OK;
}

static struct sq_paper figures(const struct sq_pricing *pricing, const struct sq_op *op)
{
    const struct published *p = pricing->network;
    const struct sq_source *source = pricing->source;
    return source->has_counts
               ? sq_paper_count(op, source->counters.n_samples, &p->as)
               : sq_paper_rate(op, source->counters.timesteps, sq_source_rate(source, op), &p->as);
}

/* Frames of a sample. */
static double timesteps_of(const struct sq_pricing *pricing, const struct sq_op *op)
{
    return pricing->source->has_counts ? (double)sq_op_sum(op).frames / pricing->samples
                                       : pricing->source->counters.timesteps;
}

/* A layer that reads reals, at the rate of the spikes that enter its chain. */
static void price_behind(const struct sq_pricing *pricing, const struct link *link,
                         const struct sq_op *op, struct sq_paper *paper)
{
    const struct published *p = pricing->network;
    if (p->chains == SQ_CHAINS_RUN || p->chains == SQ_CHAINS_PARTS)
        return;
    const int is_merged = p->chains == SQ_CHAINS_MERGED;
    const double dense = !is_merged ? paper->flops : link->is_last ? link->dense : 0;
    paper->rate = figures(pricing, &pricing->source->counters.op[link->root]).rate;
    paper->macs = 0;
    paper->sops = paper->rate * timesteps_of(pricing, op) * dense;
}

/* A convolution that others are folded into: those that the module holds. */
static void price_parts(const struct sq_pricing *pricing, const struct sq_op *op,
                        struct sq_paper *paper)
{
    const struct published *p = pricing->network;
    const double timesteps = timesteps_of(pricing, op);
    if (p->chains != SQ_CHAINS_PARTS && p->chains != SQ_CHAINS_PARTS_SPIKES)
        return;
    paper->sops = paper->rate * timesteps * (double)op->part_first;
    if (p->chains == SQ_CHAINS_PARTS)
        paper->macs = timesteps * (double)op->part_rest;
    else
        paper->sops += paper->rate * timesteps * (double)op->part_rest;
}

/* Additions of layers that spikes enter, and nothing else. */
static void count_additions(const struct sq_pricing *pricing, const struct sq_op *op,
                            struct sq_cost *cost)
{
    const struct sq_exact c = sq_exact_count(op);
    const struct published *p = pricing->network;
    if (!op->is_analog && !op->is_head)
        sq_cost_set_counts(cost, sq_exact_acs(op, &c, &p->as), 0, pricing->samples);
}

void sq_published_cost(const struct sq_pricing *pricing, const struct sq_op *op,
                       struct sq_cost *cost)
{
    const struct published *p = pricing->network;
    const size_t i = (size_t)(op - pricing->source->counters.op);
    const struct link *link = &p->link[i];
    if (p->view->formula == SQ_VIEW_COUNTED) {
        count_additions(pricing, op, cost);
        return;
    }
    struct sq_paper paper = figures(pricing, op);
    if (link->root == i && op->part_rest > 0)
        price_parts(pricing, op, &paper);
    if (link->root == i && !link->is_last && p->chains == SQ_CHAINS_MERGED)
        paper.sops = 0; /* a part of the one convolution */
    else if (link->root != i && link->root < pricing->source->counters.n_ops)
        price_behind(pricing, link, op, &paper);
    cost->acs = paper.sops;
    cost->macs = paper.macs;
    if (sq_op_is_synaptic(op))
        cost->rate = paper.rate;
}
