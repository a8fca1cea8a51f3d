/* The graph of a network: what is executed, in which steps, at what dense cost. */
#ifndef SQ_INSPECT_GRAPH_H
#define SQ_INSPECT_GRAPH_H

#include "sim/network/network.h"

enum sq_graph_form {
    SQ_GRAPH_TABLE,
    SQ_GRAPH_JSON,
    SQ_GRAPH_DOT,
    SQ_GRAPH_MERMAID,
    SQ_GRAPH_FORMS
};

/* "text", "json", "dot", "mermaid". */
const char *sq_graph_form_name(enum sq_graph_form form);

/* Describe it. JSON is an architecture without templates: the flat list of nodes, what the file of
 * network->config.architecture says beside its nodes, where there is one, and the configuration.
 *   *text   freed by the caller
 * SQ_EFORMAT: what sq_counters_from_graph() refuses; SQ_ENOMEM. */
int sq_inspect_graph(struct sq_error *err, const struct sq_network *network,
                     const char *config_dirs, enum sq_graph_form form, char **text);

#endif
