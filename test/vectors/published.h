/* Parts of published figures that the check and the document share. */
#ifndef SQ_VECTORS_PUBLISHED_H
#define SQ_VECTORS_PUBLISHED_H

#include "sim/account/price/syops.h"
#include "test/vectors/check.h"

#include <stdio.h>

enum { MAX_ROWS = 1024 };

/* A log of the tool, as printed. */
struct log {
    const char *name[MAX_ROWS];
    struct sq_syops_row row[MAX_ROWS];
    int is_layer[MAX_ROWS];
    const struct sq_op *op[MAX_ROWS]; /* of the shape; NULL: none, or it never ran */
    size_t n;
};

const char *text_at(const cJSON *object, const char *key);

/* Rows of a log; checks their digits and, by the graph of `shape`, that they are its modules, with its
 * operations, parameters and rates. */
void read_rows(struct vector *vector, const cJSON *item, const struct sq_counters *shape,
               struct log *log);

/* acs + the SSA formula of every block, from "qkv_rates" and typed-in sizes. */
double add_ssa(const cJSON *item, const cJSON *info, double acs);

/* Sizes of a logged network, of the configuration "config", or that is called as the log; of a published
 * name as "Spikformer-8-512" (ImageNet). 0 if there are none. */
int shape_for(const cJSON *item, struct sq_counters *shape);
int shape_named(const char *name, struct sq_counters *shape);

/* What the tool counts by sizes alone: operations, MACs, and those MACs that it prices. */
void count_sizes(const struct sq_counters *shape, double *ops, double *macs, double *named_macs);

/* Rows of the paper's table, of a README's. */
void check_paper_rows(const cJSON *item, struct vector *vector);
void check_readme_rows(const cJSON *item, const cJSON *file, struct vector *vector);

/* docs/published-figures.md */
void write_figures(FILE *to, const cJSON *file, const char *path);

#endif
