/* The report's member "counters": written from counters, read back with the report's "config".
 *
 *   "counters": {"version": 1, "timesteps": T, "samples": n, "batch": 1, "ops": [
 *     {"name": "block.0.attn.q_linear", "weight_zeros": 0, "groups": [
 *       {"calls": 3, "is": ["binary", "sparse"], "min": 0, "max": 1, "distinct": 2, "real_sum":
 * 0.0, "max_nonzeros": 7, "max_out_nonzeros": 9, "neuron_acs": 0, "steps": [{"frames": 3,
 * "nonzeros": 5, ...}, ...]}]}]} Members of steps that are 0 are left out. Sizes are not stored:
 * they follow from "config". */
#ifndef SQ_COUNTERS_JSON_H
#define SQ_COUNTERS_JSON_H

#include "sim/account/count/counters.h"
#include "sim/json/json.h"

enum { SQ_COUNTERS_VERSION = 1 };

/* A new object (the caller adds it to the report or frees it), NULL: out of memory. */
cJSON *sq_counters_to_json(const struct sq_counters *counters);

#endif
