/* An architecture: a file of configs/architectures/, or the user's own of that form. It says how a
 * network of its kind is recognised, what its sizes are called, and by a template what it is made
 * of. docs/architectures.md describes the keys. */
#ifndef SQ_ARCHITECTURE_H
#define SQ_ARCHITECTURE_H

#include "sim/config/config.h"
#include "sim/graph/expression.h"
#include "sim/graph/graph.h"

#include "sim/json/json.h"

struct sq_architecture {
    char origin[256]; /* begins error sentences: "architecture NAME", or the path */
    char name[SQ_GRAPH_TEXT];
    char
        called[256]; /* how a configuration calls it: its name, or the path that it was opened by */
    cJSON *json;
};

/* Open by name, by path or by another name that configurations call it by.
 *   config_dirs   as sq_config_load(), or NULL; those of this process come behind them
 * SQ_EIO: there is no such one; SQ_EFORMAT: it has a key that is not known, or lacks one; SQ_ENOMEM.
 * *out is closed by sq_architecture_close(), also after a failure. */
int sq_architecture_open(struct sq_error *err, const char *config_dirs, const char *name,
                         struct sq_architecture *out);
void sq_architecture_close(struct sq_architecture *architecture);

/* Its text under `key`, or "". */
const char *sq_architecture_text(const struct sq_architecture *architecture, const char *key);

/* The list or object under `key`, or NULL. */
const cJSON *sq_architecture_part(const struct sq_architecture *architecture, const char *key);

/* Give every key that the configuration leaves open the architecture's default. SQ_EVALUE. */
int sq_architecture_defaults(struct sq_error *err, const struct sq_architecture *architecture,
                             struct sq_config *config);

/* What expressions call the sizes of a configuration, which must outlive them. */
struct sq_names sq_architecture_sizes(const struct sq_config *config);

/* Make the graph of a configuration whose sizes are all known, not checked yet
 * (sq_graph_check()). SQ_EVALUE: a parameter that it asks for is missing; SQ_ESHAPE: something
 * that it requires does not hold; what sq_template_expand() refuses. The caller frees *graph, also after a failure. */
int sq_architecture_graph(struct sq_error *err, const struct sq_architecture *architecture,
                          const struct sq_config *config, struct sq_graph *graph);

#endif
