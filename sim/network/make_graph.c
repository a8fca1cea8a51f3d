#include "sim/network/make_graph.h"

#include <stdio.h>

/* The grid of the last attention, or of the input where there is no attention. */
static const struct sq_graph_node *token_grid(const struct sq_graph *graph)
{
    const struct sq_graph_node *grid = &graph->node[0];
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (graph->node[i].operation == SQ_OPERATION_ATTEND)
            grid = &graph->node[i];
    return grid;
}

static int check_patch(struct sq_error *err, const struct sq_config *config,
                       const struct sq_graph_node *grid)
{
    const uint32_t claimed = config->claims.patch_size;
    const uint32_t is = config->image_height / (grid->out_height > 0 ? grid->out_height : 1);
    if (claimed == 0 || claimed == is)
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE,
                   "config %s: \"patch_size\" is %u, but architecture %s makes it %u", config->name,
                   claimed, config->architecture, is);
}

/* What the configuration says of sizes that follow from others. */
static int check_claims(struct sq_error *err, struct sq_config *config,
                        const struct sq_graph *graph)
{
    const struct sq_graph_node *grid = token_grid(graph);
    char origin[sizeof config->name + 8];
    snprintf(origin, sizeof origin, "config %s", config->name);
    int status = sq_config_agree_grid(err, config, origin, grid->out_height, grid->out_width);
    if (status == SQ_OK)
        status = check_patch(err, config, grid);
    if (status == SQ_OK)
        config->claims.patch_size = 0;
    return status;
}

int sq_graph_make(struct sq_error *err, const struct sq_architecture *architecture,
                  struct sq_config *config, const struct sq_widths *widths, struct sq_graph *graph)
{
    int status = sq_architecture_graph(err, architecture, config, graph);
    if (status == SQ_OK)
        status = sq_graph_check(err, architecture->origin, widths, graph);
    return status == SQ_OK ? check_claims(err, config, graph) : status;
}

int sq_graph_from_config(struct sq_error *err, struct sq_config *config, struct sq_graph *graph)
{
    struct sq_architecture architecture;
    *graph = (struct sq_graph){.n_nodes = 0};
    if (config->architecture[0] == '\0')
        return sq_fail(err, SQ_EVALUE,
                       "config %s: \"architecture\" is needed where no weights tell it",
                       config->name);
    int status = sq_architecture_open(err, NULL, config->architecture, &architecture);
    if (status == SQ_OK)
        status = sq_architecture_defaults(err, &architecture, config);
    if (status == SQ_OK)
        status = sq_graph_make(err, &architecture, config, NULL, graph);
    sq_architecture_close(&architecture);
    return status;
}
