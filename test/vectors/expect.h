/* Comparing what an operation or a network costs with the objects of a vector file. */
#ifndef SQ_VECTORS_EXPECT_H
#define SQ_VECTORS_EXPECT_H

#include "sim/account/price/lemaire.h"
#include "sim/account/price/spikingjelly.h"
#include "test/vectors/check.h"

/* An operation of its own: one group of one call with up to 64 steps. */
struct single {
    struct sq_op op;
    struct sq_op_group call;
    struct sq_op_count step[64];
};

/* Make the group the operation's own; classify it. */
void single_finish(struct single *single);

/* {"max1": {...}, "max30": {...}} or arrays [ops, acs, macs, rate] */
void expect_syops(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op);
void expect_spikingjelly(struct vector *vector, const char *path, const cJSON *expected,
                         const struct sq_spikingjelly *count);
void expect_neurobench(struct vector *vector, const char *path, const cJSON *expected,
                       const struct sq_op *op);
void expect_lemaire(struct vector *vector, const char *path, const cJSON *expected,
                    const struct sq_lemaire *sum);
void expect_paper(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op);
void expect_exact(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op);
void expect_exact_ssa(struct vector *vector, const char *path, const cJSON *expected,
                      const struct sq_op *op);

/* SSA operation from {"q", "k", "v"} of shape [..., H, N, d]; frames = T * B images. */
int read_ssa(const cJSON *item, enum sq_ssa_order order, double scale, struct single *single);

/* Residual addition from {"a", "b"}. */
int read_add(const cJSON *item, struct single *single);

#endif
