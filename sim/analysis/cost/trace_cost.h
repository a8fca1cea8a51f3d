/* Cost: operations and energy of each layer, timestep and class, from what the trace holds of each
 * sample (docs/trace-format.md, section 6), counted and priced by sim/account as a run's are. */
#ifndef SQ_TRACE_COST_H
#define SQ_TRACE_COST_H

#include "sim/account/price/bill.h"
#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"
#include "sim/report/record.h"

struct sq_trace_cost {
    struct sq_network *network; /* of the trace; NULL: operations were not recorded */
    struct sq_record *record;   /* of the scope's samples */
    struct sq_arena arena;
    uint64_t *additions;                /* [n_samples][T] */
    const struct sq_hardware *hardware; /* not owned */
    /* Of sq_trace_cost_price(): */
    struct sq_source source;             /* its counters are the record's */
    struct sq_bill bill[SQ_CONVENTIONS]; /* of all timesteps; exact is the first */
    size_t n_bills;
    struct sq_bill *step; /* [T] of each timestep, convention exact */
};

/* Read the operations of the scope's samples, if they were recorded. SQ_EFORMAT names the sample;
 * SQ_ENOMEM. sq_trace_cost_free() in every case. */
int sq_trace_cost_read(struct sq_error *err, struct sq_scope *scope,
                       const struct sq_hardware *hardware, struct sq_trace_cost *cost);
void sq_trace_cost_free(struct sq_trace_cost *cost);

/* [n_samples][T] additions of synapses and attention; NULL: not recorded. */
static inline const uint64_t *sq_trace_cost_additions(const struct sq_trace_cost *cost)
{
    return cost->record != NULL ? cost->additions : NULL;
}

/* Price the samples that were read, as spikeq energy does, with its warnings; `path` begins their
 * sentences. What sq_bill_make() and sq_priced_warn() return. */
int sq_trace_cost_price(struct sq_error *err, struct sq_trace_cost *cost, const char *path);

/* "layers", "conventions", "per_label", "correlation_with_correct", ... SQ_ENOMEM. */
int sq_trace_cost_write(struct sq_error *err, cJSON *to, struct sq_trace_cost *cost,
                        const struct sq_scope *scope);

/* Layers and their timesteps by the exact convention. */
void sq_trace_cost_layers(cJSON *to, const struct sq_trace_cost *cost);

/* Pearson's correlation of x and y, and Fisher's 95 % interval: r, low, high. NaN where one of them
 * is constant; no interval below 4 pairs or where |r| = 1. */
void sq_correlation(const double *x, const double *y, size_t n, double out[3]);

#endif
