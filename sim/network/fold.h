/* Fold and pack: one layer of the file -> the order in which its kernel reads it: strips, or blocks
 * (struct sq_synapse). */
#ifndef SQ_FOLD_H
#define SQ_FOLD_H

#include "sim/network/network.h"

/* A layer as the file has it: weight [n_out][c_in][taps], the rest [n_out]; bias may be NULL, and
 * gamma to var where no batch norm follows. A weight that is NULL is read from the file in pieces. */
struct sq_raw_layer {
    float *weight, *bias, *gamma, *beta, *mean, *var;
    struct sq_tensor_pieces *pieces; /* begun, nothing read; the caller ends it */
    double unit;                     /* by which weights of pieces are multiplied, rounded once */
};

/* Room in the network's arena for weight and bias of a synapse whose sizes are known; once, and for what it has not
 * yet. */
int sq_fold_alloc(struct sq_error *err, struct sq_network *network, struct sq_synapse *synapse);

/* Where weight (input row i, output o) lies in the packed array, of whatever type. */
size_t sq_packed_index(const struct sq_synapse *synapse, size_t i, size_t o);
float *sq_packed_at(const struct sq_synapse *synapse, size_t i, size_t o);

/* How far the weights of two input rows that follow one another lie apart, for output o; and weights of all, with
 * columns beyond n_out and rows that add nothing. */
size_t sq_packed_stride(const struct sq_synapse *synapse, size_t o);
size_t sq_packed_count(const struct sq_synapse *synapse);

/* Count the zeros of a weight [n_out][c_in][n_taps], and if there are any the live outputs of each
 * input row. SQ_ENOMEM. */
int sq_fold_count_zeros(struct sq_error *err, struct sq_network *network, const float *weight,
                        size_t n_taps, struct sq_synapse *synapse);

/* Take the tables `live` and `live_inside`, empty; SQ_ENOMEM. */
int sq_fold_alloc_live(struct sq_error *err, struct sq_network *network, size_t n_taps,
                       struct sq_synapse *synapse);

/* `live` is complete: sum its taps. */
void sq_fold_sum_taps(struct sq_synapse *synapse);

/* What a batch norm multiplies channel o by: gamma / sqrt(var + eps), rounded once to float32. SQ_EVALUE:
 * its variance is not positive. `layer` names it in the sentence. */
int sq_fold_scale(struct sq_error *err, const struct sq_network *network, const char *layer,
                  const struct sq_raw_layer *raw, size_t o, float *scale);

/* Fold batch norm into weight and bias (formulas in weights.h) and pack them.
 *   n_taps     of its kernel: 9 of 3x3, 1 of linear layers
 *   max_input  largest value of an input, for the proof that no current overflows
 * SQ_EVALUE for a variance that is not positive and for sums that could overflow float32. */
int sq_fold_layer(struct sq_error *err, struct sq_network *network, const struct sq_raw_layer *raw,
                  size_t n_taps, double max_input, struct sq_synapse *synapse);

#endif
