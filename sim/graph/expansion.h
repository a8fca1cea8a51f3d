/* A template while it is expanded: what its files share (template.h). */
#ifndef SQ_EXPANSION_H
#define SQ_EXPANSION_H

#include "sim/graph/template.h"

enum { SQ_MOST_NESTED = 8, SQ_MOST_NAMES = 2 * SQ_MOST_NESTED };

/* The name of what a node sends; the latest node of a name counts. */
struct sq_expand_result {
    char name[SQ_GRAPH_TEXT];
    uint32_t node;
};

/* A name that a loop gives. */
struct sq_expand_name {
    char text[SQ_GRAPH_WORD];
    struct sq_value value;
};

struct sq_expansion {
    struct sq_error *err;
    const char *origin;
    char where[256]; /* begins error sentences: the current entry */
    const struct sq_names *sizes;
    struct sq_graph *graph;
    struct sq_expand_name name[SQ_MOST_NAMES]; /* of loops, innermost last */
    const cJSON *with[SQ_MOST_NESTED];
    unsigned n_names, n_with, depth, n_steps;
    struct sq_expand_result *result; /* [n_results] of [room]; free() */
    size_t n_results, room;
};

/* A member of an object; NULL: it has none of that key, or is no object. */
static inline const cJSON *sq_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Loops multiply what a file holds, so all work is counted: what is expanded, stored or read, and the
 * text of it (NULL: none). SQ_EVALUE: too much. */
int sq_expand_step(struct sq_expansion *e, const char *text);

/* SQ_EFORMAT: an object has too many keys to be looked through again and again. */
int sq_expand_check_keys(struct sq_expansion *e, const cJSON *object);

/* sq_fill_in() with the names of loops and sizes; and the same where only the text counts. */
int sq_expand_fill_in(struct sq_expansion *e, const char *text, char *out, size_t size,
                      bool *is_number, double *number);
int sq_expand_text(struct sq_expansion *e, const char *text, char out[SQ_GRAPH_TEXT]);

/* The value of an expression that may also be a number of JSON. What sq_expression() refuses. */
int sq_expand_value(struct sq_expansion *e, const cJSON *item, struct sq_value *out);

/* The node that an input's name stands for: a result, else an id. SQ_EFORMAT: no earlier node's. */
int sq_expand_input(struct sq_expansion *e, const char *name, uint32_t *node);

/* Call what a node sends; SQ_ENOMEM. */
int sq_expand_name_result(struct sq_expansion *e, const char *name, uint32_t node);

/* Append a node from its parts.
 *   inputs       text of words, or a list of texts
 *   parameters   an object with these among other members; NULL: none */
int sq_expand_node(struct sq_expansion *e, const char *operation, const cJSON *inputs,
                   const cJSON *parameters);

/* The same of [result, operation, inputs, parameters]. */
int sq_expand_short(struct sq_expansion *e, const cJSON *entry);

#endif
