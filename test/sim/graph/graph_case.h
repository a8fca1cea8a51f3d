/* Graphs from short texts: JSON with ' for " and ` for ', so that C need not escape it. */
#ifndef SQ_TEST_GRAPH_CASE_H
#define SQ_TEST_GRAPH_CASE_H

#include "sim/graph/template.h"
#include "sim/json/json.h"
#include "test/unit.h"

#include <string.h>

static struct sq_graph graph;
static struct sq_error err;

static inline void discard_graph(void)
{
    sq_graph_free(&graph);
}

/* A name's value: numbers, and texts where there are any. */
struct graph_size {
    const char *name;
    double number;
    const char *text;
};

static const struct graph_size graph_sizes[] = {
    {"depth", 2, NULL},    {"dim", 512, NULL}, {"i", 11, NULL},      {"half", 0.5, NULL},
    {"digits", 0, "1024"}, {"word", 0, "abc"}, {"huge", 1e300, NULL}};

static inline bool graph_find_size(const void *data, const char *name, struct sq_value *out)
{
    (void)data;
    for (size_t i = 0; i < sizeof graph_sizes / sizeof *graph_sizes; i++) {
        const struct graph_size *size = &graph_sizes[i];
        if (strcmp(size->name, name) != 0)
            continue;
        *out = (struct sq_value){.is_text = size->text != NULL, .number = size->number};
        snprintf(out->text, sizeof out->text, "%s", size->text != NULL ? size->text : "");
        return true;
    }
    return false;
}

static const struct sq_names graph_names = {graph_find_size, NULL};

/* Text with its quotes, as JSON; deleted by the caller. */
static inline cJSON *graph_json(const char *text)
{
    char *json = strdup(text);
    ck_assert_ptr_nonnull(json);
    for (char *at = json; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at == '`' ? '\'' : *at;
    cJSON *root = sq_json_parse(json, strlen(json), NULL, NULL);
    ck_assert_msg(root != NULL, "not JSON: %s", json);
    free(json);
    return root;
}

/* Expand a list of entries behind an input called "input" whose result is "x". */
static inline int graph_expand(const char *entries)
{
    static const char first[] = "['x','input','',{'id':'input','channels':3,'height':4,'width':6}]";
    char *text = malloc(strlen(entries) + sizeof first + 8);
    ck_assert_ptr_nonnull(text);
    sprintf(text, "[%s%s%s]", first, entries[0] != '\0' ? "," : "", entries);
    cJSON *json = graph_json(text);
    discard_graph();
    const int status = sq_template_expand(&err, "FILE", json, &graph_names, &graph);
    cJSON_Delete(json);
    free(text);
    return status;
}

/* "id op input input; ..." of the nodes behind the input. */
static inline const char *graph_listing(void)
{
    static char text[4096];
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 1; i < graph.n_nodes; i++) {
        const struct sq_graph_node *node = &graph.node[i];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i > 1 ? "; " : "",
                                 node->id, sq_operation_name(node->operation));
        for (uint32_t k = 0; k < node->n_inputs; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, " %s",
                                     graph.node[node->input[k]].id);
    }
    return text;
}

/* A refusal: its code, the node or entry that it begins with, and what it says. */
static inline void graph_expect(int status, int code, const char *part)
{
    ck_assert_msg(status == code && err.code == code, "%s (%s) instead of %s",
                  sq_status_name(status), status != SQ_OK ? err.text : "", sq_status_name(code));
    ck_assert_msg(strstr(err.text, part) != NULL, "\"%s\" does not say \"%s\"", err.text, part);
    ck_assert_msg(strncmp(err.text, "FILE: ", 6) == 0, "\"%s\" does not begin with FILE", err.text);
}

#endif
