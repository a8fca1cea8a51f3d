/* A layer on its way to integers: what the steps of sq_fixed_make() hand to each other. */
#ifndef SQ_FIXED_DRAFT_H
#define SQ_FIXED_DRAFT_H

#include "sim/network/network.h"

struct sq_fixed_draft {
    struct sq_error *err;
    struct sq_network *network;
    const struct sq_node *node;
    struct sq_synapse *synapse; /* NULL: it has none */
    struct sq_fixed *fixed;
    uint32_t n_out;
    uint64_t max_input;                 /* largest magnitude of an input */
    int input_exponent;                 /* inputs count units of 2^-this */
    uint64_t *sum;                      /* [n_out] bound of a channel's current */
    double *largest;                    /* [n_out] magnitude of a channel's weights */
    const struct sq_moments *moments;   /* of the inputs, or NULL */
    const struct sq_fixed_given *given; /* what the file has, or NULL */
};

/* How the layers of a network come about. */
struct sq_fixed_job {
    struct sq_error *err;
    struct sq_network *network;
    const struct sq_fixed_given *given;   /* [n_synapses], or NULL: chosen */
    const struct sq_moments *moments;     /* [n_synapses], or NULL: chosen by range */
    const struct sq_fixed_floats *floats; /* NULL: all are there, and stay */
};

/* Begin the draft of a node: its struct sq_fixed, empty, and the bounds of its inputs; a stream that it reads
 * is made. Its float32 weights are there until sq_fixed_drop_floats(). SQ_ENOMEM, what loading refuses. sq_fixed_draft_free() frees what the network does not keep. */
int sq_fixed_draft_begin(const struct sq_fixed_job *job, const struct sq_node *node,
                         struct sq_fixed_draft *draft);
void sq_fixed_draft_free(struct sq_fixed_draft *draft);
void sq_fixed_drop_floats(const struct sq_fixed_job *job, const struct sq_node *node);

/* Exponents and bounds of a synapse: chosen by range, or checked as given. SQ_EVALUE. */
int sq_fixed_set_exponents(struct sq_fixed_draft *draft);

/* Guard bits: as many as every channel's membrane has room for, or checked as given. SQ_EVALUE. */
int sq_fixed_set_guard(struct sq_fixed_draft *draft);

/* The largest membrane of channel o with g guard bits. */
double sq_fixed_membrane_bound(const struct sq_fixed_draft *draft, size_t o, uint32_t guard_bits);

/* Weights of the synapse as integers, with zeros counted anew. Exponents are there. SQ_ENOMEM. */
int sq_fixed_pack(struct sq_fixed_draft *draft);

/* Widths of sums, from the bounds. */
void sq_fixed_set_widths(struct sq_fixed_draft *draft);

/* Bits of a two's complement integer that holds -bound .. bound. */
uint32_t sq_fixed_bits(uint64_t bound);

/* 2^(membrane bits - 1) - 1 */
int64_t sq_fixed_limit(const struct sq_network *network);

/* The integers of a weight: round(w * scale), at most `most` in magnitude. A double of this size has no
 * place behind the point: adding it rounds, of two as near to even. */
static inline double sq_fixed_integer(float w, double scale, double most)
{
    const double x = (double)w * scale, shift = 0x1.8p52;
    const double limited = x > most ? most : x < -most ? -most : x;
    return limited + shift - shift;
}

/* What a channel's weights are multiplied by, 2^(e - exponent of the inputs); and the largest integer. */
double sq_fixed_weight_scale(const struct sq_fixed_draft *draft, size_t o);
double sq_fixed_weight_limit(const struct sq_fixed_draft *draft);

/* Neurons (fixed_neurons.c). Why integers do not run a node: a sentence's end, in `why`; 0: they do. */
int sq_fixed_refuses(const struct sq_network *network, const struct sq_node *node, char *why,
                     size_t size);

/* The leak as a shift. */
uint32_t sq_fixed_leak(const struct sq_node *node);

/* The largest membrane of neurons whose currents reach `current`. */
double sq_fixed_reach(const struct sq_network *network, const struct sq_node *node, double current);

/* How many times a value of the stream that it reads a neuron's current is at most: 1; of a product of DSSA
 * as many as it adds. */
uint64_t sq_fixed_terms(const struct sq_network *network, const struct sq_node *node);

/* Thresholds, of the exponents and guard bits that are there. SQ_EVALUE: less than one unit, of a stream. */
int sq_fixed_set_thresholds(struct sq_fixed_draft *draft);

/* Streams (fixed_stream.c): all of them, with the layers whose currents they are made of. SQ_EVALUE,
 * SQ_EUNSUPPORTED, SQ_ENOMEM. */
int sq_fixed_make_streams(const struct sq_fixed_job *job);

#endif
