/* The result of comparing two traces, as text or JSON. */
#ifndef SQ_DIFF_TEXT_H
#define SQ_DIFF_TEXT_H

#include "sim/account/price/hardware.h"
#include "sim/json/json.h"
#include "traces/compare/compare.h"
#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

#include <stdio.h>

#define SQ_DIFF_HARDWARE "fp32_45nm" /* prices energy here: the default of `spikeq energy` */

/* The two traces and what was found between them. */
struct sq_diff {
    const struct sq_trace *a, *b;
    const struct sq_comparison *found;
    double logits_tolerance;
    double energy_mj[2]; /* of a, of b (sq_diff_energy()); -1: not known */
};

/* All verdicts first ("spikes: all equal"), then rates, accuracy and energy of both,
 * then mismatches per population and timestep where there are any. */
void sq_diff_print(FILE *to, const struct sq_diff *diff);

/* Firing rate of the i-th population that was compared in one of the two (0, 1), in the samples
 * that both hold; -1 where it has none: no sample, or input. i == n_populations: of all together.
 */
double sq_diff_rate(const struct sq_diff *diff, size_t i, int which);

/* NULL or incomplete where memory ran out; the caller deletes it. */
cJSON *sq_diff_json(const struct sq_diff *diff);

/* Energy per sample of the whole network, over the samples of a range, as `spikeq energy
 * --convention exact` has it; -1 where the trace holds no operations, or no sample of the range.
 * What sq_rebuild_network(), sq_report_add_trace() and sq_bill_make() refuse. */
int sq_diff_energy(struct sq_error *err, struct sq_trace *trace, const struct sq_range *samples,
                   const struct sq_hardware *hardware, double *energy_mj);

#endif
