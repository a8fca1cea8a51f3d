#include "sim/network/head.h"

#include "kernels/accumulate/accumulate.h"
#include "kernels/dense/dense.h"

#include <string.h>

bool sq_head_reads_timesteps(const struct sq_network *network)
{
    const struct sq_node *last = sq_network_last(network);
    const uint32_t read = sq_graph_find_role(&network->graph, "head_in");
    return read < network->graph.n_nodes
               ? network->graph.node[read].operation != SQ_OPERATION_MEAN_TIME
               : sq_node_is_population(last) && last->shape.n_rows == 1;
}

void sq_head_mean(const uint32_t *sum, uint32_t n_tokens, uint32_t dim, float *mean)
{
    for (uint32_t c = 0; c < dim; c++)
        mean[c] = (float)sum[c] / (float)n_tokens;
}

/* The mean of column c of rows of `n`. */
static float mean_over_time(const float *value, uint32_t timesteps, uint32_t n, uint32_t c)
{
    float total = 0;
    for (uint32_t t = 0; t < timesteps; t++)
        total += value[(size_t)t * n + c];
    return total / (float)timesteps;
}

void sq_head_feature(const float *mean, uint32_t timesteps, uint32_t dim, float *feature)
{
    for (uint32_t c = 0; c < dim; c++)
        feature[c] = mean_over_time(mean, timesteps, dim, c);
}

void sq_head_average(const float *second, uint32_t timesteps, uint32_t n, float *logits)
{
    for (uint32_t c = 0; c < n; c++)
        logits[c] = (logits[c] + mean_over_time(second, timesteps, n, c)) / 2;
}

void sq_head_logits(const struct sq_network *network, const float *feature, float *logits)
{
    const struct sq_synapse *head = &network->head;
    float logit[SQ_BLOCK_WIDTH];
    if (head->layer == NULL)
        memcpy(logits, feature, head->n_out * sizeof *logits);
    for (size_t block = 0; block < head->n_blocks; block++) {
        const size_t width = sq_block_width(head->n_out, block), first = block * SQ_BLOCK_WIDTH;
        sq_readout(logit, head->weight + first * head->n_in, width, feature, head->n_in,
                   head->bias + first);
        for (size_t j = 0; j < width && first + j < head->n_out; j++)
            logits[first + j] = logit[j];
    }
}
