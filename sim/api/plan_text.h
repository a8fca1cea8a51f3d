/* What spikeq_graph() does for a plan. */
#ifndef SQ_PLAN_TEXT_H
#define SQ_PLAN_TEXT_H

#include "sim/api/calls.h"
#include "sim/network/network.h"

/* Do the options go together: those of a plan with one, and a format that it has? SQ_EUSAGE. */
int sq_plan_check(struct sq_error *err, const struct sq_graph_choices *options);

/* Can a plan be made of such a source, `what` in words, without weights? SQ_EUSAGE; SQ_OK where none is asked for.
 *   has_shapes   0: it is of a run that was, and not of this machine */
int sq_plan_check_source(struct sq_error *err, const struct sq_graph_choices *options,
                         const char *what, int has_shapes);

/* The plan, by free(). */
int sq_plan_text(struct sq_error *err, const struct sq_network *network,
                 const struct sq_graph_choices *options, char **text);

#endif
