#include "sim/ops/graph_object.h"

#include "sim/graph/graph_json.h"
#include "sim/json/json.h"
#include "sim/ops/types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
    if (unused != NULL)
        graph->unused_parameters = strtoull(unused, NULL, 10) & (((uint64_t)1 << 48) - 1);
    return status == SQ_OK ? sq_graph_check(err, origin, NULL, graph) : status;
}
