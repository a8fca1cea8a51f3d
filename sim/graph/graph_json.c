#include "sim/graph/graph_json.h"

#include "sim/graph/parameters.h"
#include "sim/graph/template.h"
#include "sim/json/json.h"

static void add_inputs(cJSON *list, const struct sq_graph *graph, const struct sq_graph_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++)
        sq_json_append(list, cJSON_CreateString(graph->node[node->input[i]].id));
}

static void add_node(cJSON *list, const struct sq_graph *graph, const struct sq_graph_node *node)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "id", node->id);
    sq_json_add_text(object, "op", sq_operation_name(node->operation));
    add_inputs(sq_json_add_array(object, "in"), graph, node);
    sq_parameters_write(object, node);
    sq_json_add_text(object, "edge", sq_edge_name(node->edge));
    if (node->edge != SQ_EDGE_REALS)
        sq_json_add_number(object, "max_value", node->max_value);
    sq_json_add_number(object, "out_channels", node->out_channels);
    sq_json_add_number(object, "out_height", node->out_height);
    sq_json_add_number(object, "out_width", node->out_width);
    sq_json_append(list, object);
}

cJSON *sq_graph_to_json(const struct sq_graph *graph)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        add_node(list, graph, &graph->node[i]);
    return list;
}

static char *take_line(cJSON *json)
{
    char *text = sq_json_print_line(json);
    cJSON_Delete(json);
    return text;
}

char *sq_graph_inputs_text(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    cJSON *list = cJSON_CreateArray();
    add_inputs(list, graph, node);
    return take_line(list);
}

char *sq_graph_parameters_text(const struct sq_graph_node *node)
{
    cJSON *object = cJSON_CreateObject();
    sq_parameters_write(object, node);
    return take_line(object);
}

int sq_graph_from_json(struct sq_error *err, const char *origin, const cJSON *nodes,
                       struct sq_graph *graph)
{
    *graph = (struct sq_graph){.n_nodes = 0};
    return sq_template_expand(err, origin, nodes, NULL, graph);
}
