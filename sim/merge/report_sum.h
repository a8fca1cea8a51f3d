/* Reports of several shards, added up; and the report of the whole, written from the sum. */
#ifndef SQ_REPORT_SUM_H
#define SQ_REPORT_SUM_H

#include "kernels/base/exact_sum.h"
#include "kernels/base/warnings.h"
#include "sim/account/count/counters.h"
#include "sim/account/price/samples.h"
#include "sim/merge/report_text.h"

/* Parts of a report whose counts are added up; those that only some reports have may be missing in all. */
enum {
    SQ_PART_POPULATIONS,
    SQ_PART_SYNAPSES,
    SQ_PART_ATTENTION,
    SQ_PART_TOTALS,
    SQ_PART_FIXED,
    SQ_PART_RECORDINGS, /* within "input" */
    SQ_REPORT_PARTS
};
extern const char *const sq_report_part_name[SQ_REPORT_PARTS];

struct sq_report_sum {
    struct sq_report_text first;  /* one of them: what is the same in all is taken from it */
    cJSON *part[SQ_REPORT_PARTS]; /* members of `first`, whose counts grow; NULL: it has none */
    int lacks_recordings;         /* some do not know what became of their events */
    struct sq_counters counters;
    struct sq_samples samples; /* in ascending order when it is written */
    uint64_t n_correct;
    struct sq_exact_sum seconds;
    size_t n_shards;
    const struct sq_warnings *warnings; /* of all */
};

/* A number of an object, 0 where it has none. */
double sq_report_number(const cJSON *object, const char *key);

/* The report of the whole, freed by the caller. SQ_EFORMAT: populations and counters do not agree; SQ_ENOMEM. */
int sq_report_sum_text(struct sq_error *err, const struct sq_report_sum *sum, char **text);

#endif
