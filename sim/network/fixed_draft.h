/* A layer on its way to integers: what the steps of sq_fixed_make() hand to each other. */
#ifndef SQ_FIXED_DRAFT_H
#define SQ_FIXED_DRAFT_H

#include "sim/network/network.h"

struct sq_fixed_draft {
    struct sq_error *err;
    struct sq_network *network;
    const struct sq_node *node;
    struct sq_synapse *synapse; /* NULL for SSA */
    struct sq_fixed *fixed;
    uint32_t n_out;
    uint64_t max_input;               /* largest magnitude of an input */
    int input_exponent;               /* inputs count units of 2^-this */
    uint64_t *sum;                    /* [n_out] bound of a channel's current */
    const struct sq_moments *moments; /* of the inputs, or NULL */
};

/* Exponents and bounds: chosen by range, or checked as given. SQ_EVALUE. */
int sq_fixed_choose_exponents(struct sq_fixed_draft *draft);
int sq_fixed_check_exponents(struct sq_fixed_draft *draft, const int8_t *exponent);

/* Guard bits: as many as every channel's membrane has room for, or checked as given. SQ_EVALUE. */
int sq_fixed_choose_guard(struct sq_fixed_draft *draft);
int sq_fixed_check_guard(struct sq_fixed_draft *draft, uint32_t guard_bits);

/* The largest membrane of channel o with g guard bits: |sum| * 2^g + |bias|. */
double sq_fixed_membrane_bound(const struct sq_fixed_draft *draft, size_t o, uint32_t guard_bits);

/* 2^exponent of channel o's weights: a current's, less that of the input. */
double sq_fixed_weight_scale(const struct sq_fixed_draft *draft, size_t o);

/* The integer of weight row i, output o: the nearest one of weight_bits bits. */
double sq_fixed_integer(const struct sq_fixed_draft *draft, size_t i, size_t o);

/* Exponents and guard bits are there: widths, biases, thresholds, weights. SQ_ENOMEM. */
int sq_fixed_pack(struct sq_fixed_draft *draft);

#endif
