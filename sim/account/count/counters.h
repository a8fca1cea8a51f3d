/* Counters: what happened in every operation of a network, as plain exact integers. A live run, a
 * report and a trace fill the same structs; every convention (sim/account/<name>.c) prices them.
 *
 * A network is a list of operations (sq_op) in the order in which the official module registers
 * them; a neuron layer, a batch norm, a pooling, a residual addition are operations too. What
 * follows from the shape lies in the operation; what must be counted lies in its groups.
 *
 * A call is one forward pass of an operation: all T timesteps of a batch of B images, which is what
 * the tools of the field look at when they ask "is this tensor made of spikes?". A group holds the
 * sums over all calls that answer that question alike, so that a run of any length is a handful of
 * groups; a group of one call loses nothing. spikeq's own calls are of one image each (B = 1).
 *
 * WHAT THE ENGINE COUNTS (all else follows from shapes or from these; see sq_call_classify()):
 *
 *   where               counters                         how
 *   every packet        nonzeros, units                  sender's sq_tally.spikes, .units
 *   conv, linear        fanout, unit_fanout              sq_tally.additions, .unit_additions
 *   first convolution   nonzeros, fanout                 pixels that are not 0
 *   pool                windows                          popcount of a pixel times its windows
 *   residual add, AND   both                             popcount(a != 0 AND b != 0)
 *   sum of spikes       nonzeros                         spikes that are summed
 *   product of DSSA     nonzeros, fanout                 spikes; each times the row that it adds
 *   SSA                 q, k, v                          spikes of the three tallies
 *   SSA                 coincidences, events2, unary2,   formulas at sq_ssa_counts(); of the order
 *                       SQ_HAS_*                         that the network runs
 *   attn_lif            nonzeros                         nonzero currents, of the integers A V
 *   behind DSSA         nonzeros                         currents that some spike adds to
 *   head                distinct, real_sum, nonzeros     over the D features, once a sample
 *
 * NOT counted: frames, elements, dense operations, weights, neuron updates, silent neurons
 * (= neurons - spikes), or_dense, adds_dense, whether an integer tensor is binary
 * (units == nonzeros), whether a tensor is sparse, bias additions. The currents of all neuron
 * layers but attn_lif are taken as nowhere zero (real weights; assumed, and said in
 * docs/accounting.md), and so are the outputs of linear and convolution layers; those behind a product of
 * DSSA, where some spike adds to them. */
#ifndef SQ_COUNTERS_H
#define SQ_COUNTERS_H

#include "kernels/base/arena.h"
#include "kernels/base/exact_sum.h"
#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum sq_op_kind {
    SQ_OP_CONV,   /* any Conv1d, Conv2d */
    SQ_OP_LINEAR, /* any Linear, the head included */
    SQ_OP_NORM,   /* batch norm; folded into the layer before it in spikeq */
    SQ_OP_NEURON, /* LIF population */
    SQ_OP_POOL,   /* max pooling */
    SQ_OP_SSA,    /* the two products of spiking self-attention, all heads */
    SQ_OP_ADD,    /* residual addition */
    SQ_OP_MEAN,   /* mean over tokens, then over timesteps */
    SQ_OP_GATE,   /* AND of spikes */
    SQ_OP_SUM,    /* sum of spikes: over tokens, or over the channels of a head */
    SQ_OP_DSSA,   /* a product of DSSA: sums of computed rows that spikes select */
    SQ_OP_KINDS
};

/* Which product the network multiplies first. */
enum sq_ssa_order { SQ_QK_FIRST, SQ_KV_FIRST };

/* One timestep (or, where steps do not matter, one whole call), summed over a group's calls. What
 * one kind of operation counts lies together, so that samples are added up by that alone. */
struct sq_op_count {
    uint64_t sparse_calls;    /* NEURON: calls whose input at this step is sparse (classify) */
    uint64_t sparse_nonzeros; /* NEURON: nonzeros of those */
    uint64_t frames;          /* leading index of the tensors: T * B, rows of a 2-D input */
    uint64_t nonzeros;        /* of the input; ADD: of a; NEURON: nonzero input currents */
    uint64_t out_nonzeros;    /* of the output; NEURON: spikes */
    uint64_t units;           /* sum of the input's values, if they are whole numbers */
    uint64_t fanout;          /* sum over nonzeros of the fan-out, padding taps excluded */
    uint64_t unit_fanout;     /* the same, each times its value */
    uint64_t fanout_live;     /* fanout without synapses whose weight is 0 */
    uint64_t windows;         /* POOL: sum over nonzeros of the windows that hold them */
    uint64_t nonzeros_b;      /* ADD: of b */
    uint64_t both;            /* ADD: a and b nonzero */
    uint64_t q, k, v;         /* SSA: nonzeros of each */
    uint64_t coincidences[2]; /* SSA, by sq_ssa_order: entries of the first product, summed */
    uint64_t events2[2];      /* SSA, by order: additions of the second product, one an event */
    uint64_t unary2;          /* SSA: the same, one a unit; equal for both orders */
};

/* Properties of each call of a group; bits of sq_op_group.is. */
enum {
    SQ_IS_BINARY = 1u << 0,     /* input: every element 0 or 1 (an all-zero tensor is) */
    SQ_IS_BINARY_B = 1u << 1,   /* ADD: the same for b */
    SQ_IS_TERNARY = 1u << 2,    /* input: every element -1, 0 or 1 */
    SQ_IS_REAL = 1u << 3,       /* input: not all whole numbers >= 0; units mean nothing */
    SQ_IS_SPARSE = 1u << 4,     /* input: binary or at least half zero */
    SQ_IS_SPARSE_OUT = 1u << 5, /* output: the same */
    SQ_IS_BINARY_QK = 1u << 6,  /* SSA: scale * Q K^T is 0 or 1 everywhere */
    SQ_IS_BINARY_KV = 1u << 7,  /* SSA: K^T V is 0 or 1 everywhere */
    SQ_HAS_ORDER_QK = 1u << 8,  /* SSA: coincidences and events2 of [SQ_QK_FIRST] were counted */
    SQ_HAS_ORDER_KV = 1u << 9,
    SQ_HAS_LIVE = 1u << 10,  /* fanout_live was counted */
    SQ_IS_COUNTS = 1u << 11, /* first convolution: its pixels are whole numbers >= 0, as a camera's
                              * event counts are; unit_fanout was counted */
};

/* sq_op_group.distinct of real tensors whose values were not counted. */
enum { SQ_MANY_VALUES = 1 << 30 };

struct sq_op_group {
    uint64_t n_calls;
    unsigned is;
    double min, max;            /* of the input over all calls */
    uint64_t distinct;          /* most distinct values in one call's input */
    double real_sum;            /* SQ_IS_REAL: sum of the input's values, rounded once */
    struct sq_exact_sum *exact; /* the same before rounding; NULL: real_sum is exact */
    uint64_t first;             /* least number of a sample among its calls; orders groups */
    uint64_t max_nonzeros;      /* most in one call */
    uint64_t max_out_nonzeros;
    uint64_t neuron_acs; /* NEURON: additions of spikingjelly's LIF, sq_lif_acs() */
    size_t n_steps;
    struct sq_op_count *step; /* [n_steps] */
};

struct sq_op {
    char name[64]; /* module path; products and additions are named by spikeq */
    enum sq_op_kind kind;
    int block; /* number of the encoder block, -1 outside */
    char role
        [24]; /* stated by the graph: "stem", "q", "proj", "residual", "classifier", ...; or "" */
    char source[64];      /* the node of the graph whose packets, or currents, it receives; or "" */
    uint32_t source_node; /* its number in the graph */
    uint32_t node;        /* the operation's own */
    /* Sizes of one frame (one timestep of one image): */
    uint64_t n_in, n_out; /* elements */
    uint64_t fan;         /* taps of an input away from any border: k * Cout / g, or out */
    uint64_t dense_full;  /* multiply-accumulates of the dense layer, padding taps included */
    uint64_t dense_in;    /* padding taps excluded */
    uint64_t positions;   /* Hout * Wout, or rows of a linear layer; MEAN: T */
    uint64_t out_channels, kernel;      /* kernel = kh * kw */
    uint64_t in_channels, side, stride; /* CONV, LINEAR: kh = side */
    uint64_t or_dense;                  /* POOL: in-bounds window elements - outputs */
    uint64_t part_first, part_rest; /* CONV that others fold into: dense_full of the first as the
                                       module holds it, and of all others; 0: nothing folds */
    uint64_t weights, biases, weight_zeros;
    uint32_t adder_bits;  /* of a run in integers: of the smallest adder for its currents; 0: in
                             floats, or not known */
    uint32_t factor_bits; /* the same: bits of a weight times bits of a pixel; 0: no products */
    uint32_t heads, tokens, dim; /* SSA; dim of all heads together */
    uint32_t dim_v;              /* SSA: the same of v, where it differs; 0: it does not */
    uint32_t levels;             /* spikes that an input or output can be at once; 0: 1 */
    enum sq_ssa_order order;     /* SSA: of this network's definition */
    double scale;                /* SSA */
    unsigned has_bias : 1;
    unsigned bn_bias : 1;        /* no bias of its own, but a batch norm folds one in */
    unsigned is_analog : 1;      /* input is the image: always MAC */
    unsigned is_static : 1;      /* and the same at every timestep */
    unsigned is_real : 1;        /* input is a stream of reals, and no image: always MAC */
    unsigned is_head : 1;        /* runs once a sample */
    unsigned from_stream : 1;    /* input is a residual stream: whole numbers, not only 0 and 1 */
    unsigned is_affine : 1;      /* NORM */
    unsigned bias_is_added : 1;  /* non-contiguous 3-D linear: PyTorch adds the bias apart */
    unsigned weights_binary : 1; /* every weight 0 or 1 */
    size_t n_groups, room;
    struct sq_op_group *group;
};

/* A layer with weights. */
static inline int sq_op_is_layer(const struct sq_op *op)
{
    return op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
}

/* Channels of v, of all heads together. */
static inline uint32_t sq_op_dim_v(const struct sq_op *op)
{
    return op->dim_v > 0 ? op->dim_v : op->dim;
}

/* Does it add or multiply on the way of spikes: a layer, attention, a sum of spikes? */
static inline int sq_op_is_synaptic(const struct sq_op *op)
{
    return sq_op_is_layer(op) || op->kind == SQ_OP_SSA || op->kind == SQ_OP_SUM ||
           op->kind == SQ_OP_DSSA;
}

/* A network with its counts. */
struct sq_counters {
    char config[64];
    char architecture[64]; /* of its graph, or "" */
    uint64_t n_samples;
    uint32_t timesteps, batch; /* images of a call */
    uint32_t depth, heads, dim, tokens;
    int pixels_are_counts;
    uint64_t parameters, unused_parameters, buffers_bytes;
    size_t n_ops;
    struct sq_op *op;
    struct sq_arena arena; /* of everything above */
};

/* Sums over a group's steps and over an operation's groups. */
struct sq_op_count sq_group_sum(const struct sq_op_group *group);
struct sq_op_count sq_op_sum(const struct sq_op *op);

/* The sums over a call's steps of what the operation's kind counts; other members of *sum are not
 * written. */
void sq_call_sum(const struct sq_op *op, const struct sq_op_group *call, struct sq_op_count *sum);

/* sum += add, member by member; 0 if one of them wrapped around. */
int sq_op_count_add(struct sq_op_count *sum, const struct sq_op_count *add);

/* Derive a call's properties from its counts: SQ_IS_BINARY, SQ_IS_TERNARY, SQ_IS_SPARSE(_OUT), the
 * maxima, min, max, distinct (for whole numbers, as far as they decide a spike test) and
 * neuron_acs. Call it on a group of one call after its steps are filled; real tensors and SSA
 * keep what the caller has set. sum: written, sq_call_sum(). */
void sq_call_classify(const struct sq_op *op, struct sq_op_group *call, struct sq_op_count *sum);

/* Add a call to an operation: into the group of the same properties, or a new one. What the
 * operation's kind does not count is left out. SQ_ENOMEM; SQ_EVALUE: a sum would exceed 64 bits. */
int sq_op_add_call(struct sq_error *err, struct sq_counters *counters, struct sq_op *op,
                   const struct sq_op_group *call);

/* The operation's group whose calls have the properties of `like`; NULL: it has none yet. */
struct sq_op_group *sq_op_group_like(const struct sq_op *op, const struct sq_op_group *like);

/* Add those of other samples of the same network: in whatever order parts of a run are added, the sum is
 * that of the run, also in the order of groups. SQ_ESHAPE: of another network; SQ_ENOMEM, SQ_EVALUE. */
int sq_counters_merge(struct sq_error *err, struct sq_counters *sum, const struct sq_counters *add);

/* Operation by name, or NULL. */
struct sq_op *sq_counters_find(const struct sq_counters *counters, const char *name);

/* Refuse counts that no run can have made (more nonzeros than elements, frames that differ), and
 * sizes whose products exceed 64 bits. SQ_EVALUE; names operation, counter, found and expected. */
int sq_counters_check(struct sq_error *err, const struct sq_counters *counters);

void sq_counters_free(struct sq_counters *counters);

const char *sq_op_kind_name(enum sq_op_kind kind);

/* SSA from column and row sums of one head, one step, one image (add over all of them):
 *   coincidences[QK] += sum_c q_column[c] * k_column[c]
 *   coincidences[KV] += sum_j k_row[j] * v_row[j]
 *   unary2           += sum_c q_column[c] * (sum_j k_jc v_row[j])
 *   events2[QK]      += sum_ij [a_ij != 0] v_row[j],   A = Q K^T
 *   events2[KV]      += sum_c q_column[c] * nonzeros of row c of K^T V
 * q, k, v [n][d] bytes 0 or 1. Plain and slow: for tests, vectors and small networks. */
void sq_ssa_counts(struct sq_op_count *count, unsigned *is, const unsigned char *q,
                   const unsigned char *k, const unsigned char *v, uint32_t n, uint32_t d,
                   double scale);

/* Additions of spikingjelly's LIF (torch backend, tau, hard reset to 0, decay_input) over the steps
 * of one call: 6 a neuron and step, less those whose two operands are both binary tensors. Exact
 * for currents that are nowhere zero, and from all-zero membranes on; where some currents are zero
 * (attn_lif) and every charged neuron fires in the same later step, m additions too many. */
struct sq_lif_acs {
    uint64_t sub, rsub, add; /* aten.sub, aten.rsub, aten.add */
};
struct sq_lif_acs sq_lif_acs(const struct sq_op_group *call, uint64_t neurons);

#endif
