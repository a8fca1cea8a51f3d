/* Views: how a paper prices its own networks, where that differs from what happens. paper_views.inc has a row
 * for each, with its source and what of it is assumed; to add one, write a row. The convention
 * `published` prices by them. */
#ifndef SQ_PAPER_VIEWS_H
#define SQ_PAPER_VIEWS_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

/* How attention and layers are priced. */
enum sq_view_formula {
    SQ_VIEW_TWO_PRODUCTS, /* rate T FLOPs; SSA: both products, as in Spikformer's paper */
    SQ_VIEW_MASK,         /* the same; attention: (R_1 + R_2) T N D */
    SQ_VIEW_COUNTED       /* the additions of exact, without any multiplication */
};

/* The rate of an input that is more than bits. */
enum sq_view_rate { SQ_VIEW_MEAN, SQ_VIEW_NONZEROS };

/* Convolutions that follow each other without neurons between them; the choices of the switch `chains`. */
enum sq_chains {
    SQ_CHAINS_VIEW,
    SQ_CHAINS_RUN,         /* as the engine runs them: MACs where a layer reads reals */
    SQ_CHAINS_MERGED,      /* each chain is one convolution of the spikes that enter it */
    SQ_CHAINS_SPIKES,      /* layers that run, at the rate of the spikes that enter the chain */
    SQ_CHAINS_PARTS,       /* all that the module holds; MACs behind the first of a chain */
    SQ_CHAINS_PARTS_SPIKES /* the same at the rate of the spikes that enter */
};

struct sq_paper_view {
    const char *name, *architectures;
    enum sq_view_formula formula;
    enum sq_view_rate rate;
    enum sq_chains chains;
    const char *source, *assumed; /* assumed: what could not be checked at its source; or "" */
};

/* The view of the switch, or of the network's architecture. NULL: its paper has none here. */
const struct sq_paper_view *sq_paper_view_of(const struct sq_counters *counters,
                                             const struct sq_switches *switches);

/* Number `i` of the table, or NULL behind the last. */
const struct sq_paper_view *sq_paper_view_number(size_t i);

#endif
