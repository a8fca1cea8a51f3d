/* A network of a vector file, read into operations. */
#ifndef SQ_VECTORS_NETWORK_H
#define SQ_VECTORS_NETWORK_H

#include "test/vectors/expect.h"

enum { MAX_OPS = 512 };

struct net {
    struct vector *vector;
    const cJSON *item, *config;
    struct single op[MAX_OPS]; /* modules in registration order, then SSA, additions, mean */
    size_t n_modules, n;
    uint64_t timesteps, batch;
};

/* The module of this name as the next operation; checks its own figures. */
void read_module(struct net *net, const char *name);

/* SSA, residual additions and the mean behind the modules. */
void read_products(struct net *net);

#endif
