/* Parts of reports as trees of JSON: counts of shards added up, all else the same in each. */
#ifndef SQ_REPORT_TREE_H
#define SQ_REPORT_TREE_H

#include "kernels/base/status.h"
#include "sim/json/json.h"

/* Two parts of the same kind. */
struct sq_report_part {
    const char *path;  /* of the report that `add` is of */
    const char *where; /* the member, for sentences: "synapses" */
    cJSON *sum;        /* its counts grow */
    const cJSON *add;
};

/* Add the counts: members that a report counts over samples (spikes, additions ...), below 2^53, and null where
 * one of them is. Rates are left as they are; paths may differ. SQ_ESHAPE: another member differs; SQ_EVALUE:
 * counts that cannot be. */
int sq_report_tree_add(struct sq_error *err, const struct sq_report_part *part);

/* A copy of the tree, its counts written as such: member `key` of an object, or, NULL, at the end of an
 * array. */
void sq_report_tree_put(cJSON *to, const char *key, const cJSON *tree);

#endif
