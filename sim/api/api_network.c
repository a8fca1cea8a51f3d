/* spikeq_network_describe(), spikeq_network_population(): what a network is, without running it. */
#include "sim/api/population_info.h"

int sq_population_info(struct sq_error *err, const struct sq_node *node,
                       struct spikeq_population_info *info)
{
    struct spikeq_population_info filled = {.name = node->name,
                                            .neurons = (uint64_t)node->shape.n_rows *
                                                       node->shape.n_channels,
                                            .levels = sq_node_levels(node)};
    filled.n_dims = sq_node_dims(node, filled.dim);
    return sq_sized_copy(err, info, &filled, sizeof filled);
}

static size_t count_populations(const struct sq_network *network)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        n += sq_node_is_population(&network->node[i]) != 0;
    return n;
}

int spikeq_network_describe(const spikeq_network *of, struct spikeq_network_info *info)
{
    const struct sq_network *network = sq_network_of(of);
    const struct spikeq_network_info filled = {.architecture = network->graph.architecture,
                                               .config = network->config.name,
                                               .model = network->model_path,
                                               .arith = network->arith,
                                               .timesteps = network->config.timesteps,
                                               .channels = network->config.in_channels,
                                               .height = network->config.image_height,
                                               .width = network->config.image_width,
                                               .classes = network->head.n_out,
                                               .takes_frames = sq_network_takes_frames(network),
                                               .n_populations = count_populations(network),
                                               .n_parameters = network->n_parameters};
    return sq_sized_copy(NULL, info, &filled, sizeof filled);
}

int spikeq_network_population(const spikeq_network *of, size_t index,
                              struct spikeq_population_info *info)
{
    const struct sq_network *network = sq_network_of(of);
    size_t left = index;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]) && left-- == 0)
            return sq_population_info(NULL, &network->node[i], info);
    return SQ_EUSAGE;
}
