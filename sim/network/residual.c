#include "sim/network/residual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sq_attend_shape *sq_node_attention(const struct sq_network *network,
                                                const struct sq_node *node)
{
    if (node->kind == SQ_NODE_ATTEND)
        return &node->attend;
    for (uint16_t i = 0; sq_node_is_population(node) && i < node->n_targets; i++)
        if (network->node[node->target[i]].kind == SQ_NODE_ATTEND)
            return &network->node[node->target[i]].attend;
    return NULL;
}

/* The population behind at most one pooling; NULL: another node. */
static const struct sq_node *first_of(const struct sq_network *network, const struct sq_node *node)
{
    if (node->kind == SQ_NODE_POOL)
        node = &network->node[node->source[0]];
    return sq_node_is_population(node) ? node : NULL;
}

size_t sq_residual_terms(const struct sq_network *network, uint16_t *term, size_t most)
{
    const struct sq_node *at = sq_network_last(network);
    size_t n = 0;
    for (; at->kind == SQ_NODE_ADD; at = &network->node[at->source[0]]) {
        if (n == most || !sq_node_is_population(&network->node[at->source[1]]))
            return 0;
        term[n++] = at->source[1];
    }
    at = first_of(network, at);
    if (at == NULL || n == most || n == 0)
        return 0;
    term[n++] = (uint16_t)(at - network->node);
    for (size_t i = 0; i < n / 2; i++) { /* they were found from the last to the first */
        const uint16_t swapped = term[i];
        term[i] = term[n - 1 - i];
        term[n - 1 - i] = swapped;
    }
    return n;
}

const struct sq_node *sq_residual_stream(const struct sq_network *network, size_t index)
{
    const struct sq_node *last = sq_network_last(network), *at = last;
    size_t n = 0;
    for (; at->kind == SQ_NODE_ADD; at = &network->node[at->source[0]])
        n++;
    for (at = last; n > index + 1; n--)
        at = &network->node[at->source[0]];
    return at;
}

/* Behind the last of numbered modules, as "block.4" of four: the last node below the one before. */
static size_t after_module(const struct sq_network *network, const char *module)
{
    char before[SQ_NAME_BYTES];
    const char *dot = strrchr(module, '.');
    char *end = NULL;
    const unsigned long number = dot != NULL ? strtoul(dot + 1, &end, 10) : 0;
    size_t found = network->n_nodes;
    if (number == 0 || number > UINT16_MAX || *end != '\0' || strlen(module) >= sizeof before)
        return found;
    const int n =
        snprintf(before, sizeof before, "%.*s.%lu.", (int)(dot - module), module, number - 1);
    for (size_t i = 0; i < network->n_nodes; i++)
        if (strncmp(network->node[i].name, before, (size_t)n) == 0)
            found = i;
    return found;
}

size_t sq_residual_entry(const struct sq_network *network, const char *module)
{
    const size_t n = strlen(module);
    for (size_t i = 0; n > 0 && i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (sq_node_is_population(node) && strncmp(node->name, module, n) == 0 &&
            node->name[n] == '.')
            return node->source[0];
    }
    return after_module(network, module);
}
