#include "sim/ops/graph_object.h"

#include "sim/graph/graph_json.h"
#include "sim/json/json.h"
#include "sim/ops/types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cJSON *sq_graph_to_object(const struct sq_graph *graph)
{
    cJSON *object = cJSON_CreateObject();
    char unused[24];
    snprintf(unused, sizeof unused, "%" PRIu64, graph->unused_parameters);
    sq_json_add_text(object, "architecture", graph->architecture);
    sq_json_add_text(object, "unused_parameters", unused);
    sq_json_add_item(object, "nodes", sq_graph_to_json(graph));
    return object;
}

/* The count of parameters that are never used; absent, it is 0. */
static int read_unused(struct sq_error *err, const char *origin, const char *text,
                       struct sq_graph *graph)
{
    const char *digits = text != NULL ? text : "0";
    const size_t n = strspn(digits, "0123456789");
    graph->unused_parameters = n > 0 && n <= 15 ? strtoull(digits, NULL, 10) : UINT64_MAX;
    if (digits[n] == '\0' && graph->unused_parameters < (uint64_t)1 << 48)
        return SQ_OK;
    graph->unused_parameters = 0;
    return sq_fail(err, SQ_EFORMAT, "%s: \"unused_parameters\" must be a whole number below 2^48",
                   origin);
}

int sq_graph_from_object(struct sq_error *err, const char *origin, const cJSON *object,
                         struct sq_graph *graph)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "architecture"));
    const char *unused =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "unused_parameters"));
    int status =
        sq_graph_from_json(err, origin, cJSON_GetObjectItemCaseSensitive(object, "nodes"), graph);
    snprintf(graph->architecture, sizeof graph->architecture, "%s", name != NULL ? name : "");
    if (status == SQ_OK)
        status = read_unused(err, origin, unused, graph);
    return status == SQ_OK ? sq_graph_check(err, origin, NULL, graph) : status;
}
