/* A search: where a rate that rises with one number takes a wanted value. */
#ifndef SQ_SEARCH_H
#define SQ_SEARCH_H

#include "kernels/base/status.h"

struct sq_search {
    /* The rate at x, which stays set. */
    int (*rate)(struct sq_error *err, void *data, double x, double *rate);
    void *data;
    double start, step, limit; /* where it begins, how far it goes first, largest |x| */
    double wanted, tolerance;
};

/* Bracket by doubling steps, then false position and halving by turns. Ends within the tolerance, or
 * as near as 40 trials come; *x is set last. *rate is that at *x. What rate() refuses. */
int sq_search(struct sq_error *err, const struct sq_search *search, double *x, double *rate);

#endif
