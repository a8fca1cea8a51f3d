/* Samples: what each single sample of a run cost, so that mean, deviation and classes are known.
 * By the two conventions that add up sample by sample, under their default switches: `exact` and
 * `paper`. */
#ifndef SQ_SAMPLES_H
#define SQ_SAMPLES_H

#include "sim/account/count/counters.h"
#include "sim/account/price/convention.h"
#include "sim/account/price/hardware.h"
#include "sim/account/price/switches.h"
#include "sim/json/json.h"

struct sq_sample {
    uint64_t id;             /* number in the input */
    int64_t label;           /* -1: none */
    uint64_t spikes, silent; /* neurons times timesteps that fired, that did not */
    uint64_t acs, macs;      /* exact */
    double paper_acs, paper_macs;
};

struct sq_samples {
    size_t n, room;
    struct sq_sample *sample;
};

/* Add a sample's call of one operation to what the sample cost. sum: sq_call_sum(); switches: the
 * default ones. */
void sq_sample_add_call(struct sq_sample *sample, const struct sq_op *op,
                        const struct sq_op_group *call, const struct sq_op_count *sum,
                        const struct sq_switches *switches);

/* One sample from its calls, call[i] that of operation i. Allocates nothing. */
struct sq_sample sq_sample_of(const struct sq_counters *counters, const struct sq_op_group *call,
                              int64_t label);

/* Append; SQ_ENOMEM. Samples are added in ascending order of id. */
int sq_samples_add(struct sq_error *err, struct sq_samples *samples,
                   const struct sq_sample *sample);
void sq_samples_free(struct sq_samples *samples);

/* The report's member "each": arrays of one number a sample, ids only where they are not 0, 1, 2 ...
 * NULL: out of memory. */
cJSON *sq_samples_to_json(const struct sq_samples *samples);

/* Read it back; a report without it has no samples. SQ_EVALUE (also ids that do not ascend), SQ_ESHAPE
 * (arrays of different lengths, or not as many as the report's samples). */
int sq_samples_from_report(struct sq_error *err, const char *path, const cJSON *report,
                           uint64_t n_samples, struct sq_samples *out);

/* Energy of one sample by a convention that has SQ_BY_SAMPLE. NaN: the profile lacks a price. */
double sq_sample_mj(const struct sq_sample *sample, const struct sq_hardware *hardware,
                    enum sq_convention convention);

/* Mean and standard deviation (n - 1) of the samples with this label; label -2: of all. */
struct sq_spread {
    uint64_t n;
    double mean_mj, std_mj;
};
struct sq_spread sq_samples_spread(const struct sq_samples *samples,
                                   const struct sq_hardware *hardware,
                                   enum sq_convention convention, int64_t label);

enum { SQ_ALL_LABELS = -2 };

#endif
