/* Wanted firing rates of a network's populations, from options and a table. */
#ifndef SQ_WANTED_H
#define SQ_WANTED_H

#include "sim/network/network.h"

struct sq_wanted {
    const char *const *rate; /* "0.1": of every population; "GLOB=0.1" of those that it matches */
    size_t n_rate;
    const char *table; /* CSV "name,rate"; or NULL */
};

/* Rates above 0 and below 1 into rate[node] of every population: that for all, then the table's, then
 * those of patterns, in their order. SQ_EUSAGE (a population is unknown or has no rate, a number is
 * none), SQ_EVALUE and SQ_EFORMAT of the table, SQ_EIO, SQ_ENOMEM. */
int sq_wanted_read(struct sq_error *err, const struct sq_network *network,
                   const struct sq_wanted *wanted, double *rate);

#endif
