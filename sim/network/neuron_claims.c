#include "sim/network/neuron_claims.h"

#include "sim/config/config_keys.h"

#include <string.h>

struct claims {
    struct sq_error *err;
    const struct sq_network *network;
    const cJSON *populations, *usual, *other;
};

static int differs(const struct claims *claims, const struct sq_node *node, const char *key,
                   double claimed, double is)
{
    return sq_fail(
        claims->err, SQ_EVALUE,
        "%s: %s has %s %.9g there, but architecture %s and its weights make it %.9g; see " SQ_OPT
        "set",
        claims->network->config.neurons_file, node->name, key, claimed,
        claims->network->graph.architecture, is);
}

/* One number of a population; a key that its neuron lacks is not looked at. */
static int check_number(const struct claims *claims, const struct sq_node *node, const cJSON *claim,
                        const char *key, double is)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(claim, key);
    if (!cJSON_IsNumber(item) || (float)item->valuedouble == (float)is)
        return SQ_OK;
    return differs(claims, node, key, item->valuedouble, is);
}

static int check_multispike(const struct claims *claims, const struct sq_node *node,
                            const cJSON *claim)
{
    const char *rounding =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(claim, "rounding"));
    const int is_up = node->graph->rounding == SQ_COUNT_HALF_UP;
    int status = check_number(claims, node, claim, "max", node->graph->most);
    if (status == SQ_OK)
        status = check_number(claims, node, claim, "divide_by", node->graph->divide_by);
    if (status == SQ_OK && rounding != NULL &&
        strcmp(rounding, is_up ? "half up" : "half to even") != 0)
        return sq_fail(claims->err, SQ_EVALUE,
                       "%s: %s rounds \"%.32s\" there, but architecture %s makes it \"%s\"",
                       claims->network->config.neurons_file, node->name, rounding,
                       claims->network->graph.architecture, is_up ? "half up" : "half to even");
    return status;
}

static int check_population(const struct claims *claims, const struct sq_node *node)
{
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(claims->other, node->name);
    const cJSON *claim = other != NULL ? other : claims->usual;
    const struct sq_graph_node *graph = node->graph;
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(claim, "neuron"));
    const bool has_tau = graph->neuron == SQ_NEURON_KIND_LIF;
    const bool has_decay =
        graph->neuron == SQ_NEURON_KIND_PLIF || graph->neuron == SQ_NEURON_KIND_MS;
    int status = SQ_OK;
    if (kind != NULL && strcmp(kind, sq_neuron_kind_name(graph->neuron)) != 0)
        return sq_fail(claims->err, SQ_EVALUE,
                       "%s: %s is a neuron \"%.32s\" there, but architecture %s makes it \"%s\"",
                       claims->network->config.neurons_file, node->name, kind,
                       claims->network->graph.architecture, sq_neuron_kind_name(graph->neuron));
    if (graph->neuron == SQ_NEURON_KIND_MULTISPIKE)
        return check_multispike(claims, node, claim);
    status = check_number(claims, node, claim, "v_threshold", graph->threshold);
    if (status == SQ_OK && has_tau)
        status = check_number(claims, node, claim, "tau", graph->tau);
    if (status == SQ_OK && has_decay)
        status = check_number(claims, node, claim, "decay", (double)node->neuron.decay);
    return status;
}

static const struct sq_node *find(const struct claims *claims, const char *name)
{
    for (size_t i = 0; name != NULL && i < claims->network->n_nodes; i++)
        if (sq_node_is_population(&claims->network->node[i]) &&
            strcmp(claims->network->node[i].name, name) == 0)
            return &claims->network->node[i];
    return NULL;
}

static int unknown(const struct claims *claims, const char *key, const char *name)
{
    return sq_fail(claims->err, SQ_EVALUE,
                   "%s: \"%s\" names \"%.64s\", but architecture %s has no such population",
                   claims->network->config.neurons_file, key, name != NULL ? name : "",
                   claims->network->graph.architecture);
}

/* Every population that the file names is there, and where it lists them it lists all. */
static int check_names(const struct claims *claims)
{
    const cJSON *item;
    int n_listed = 0, n = 0;
    cJSON_ArrayForEach(item, claims->other)
    {
        if (find(claims, item->string) == NULL)
            return unknown(claims, "neuron_other", item->string);
    }
    cJSON_ArrayForEach(item, claims->populations)
    {
        n_listed++;
        if (find(claims, cJSON_GetStringValue(item)) == NULL)
            return unknown(claims, "populations", cJSON_GetStringValue(item));
    }
    for (size_t i = 0; i < claims->network->n_nodes; i++)
        n += sq_node_is_population(&claims->network->node[i]);
    if (claims->populations == NULL || n == n_listed)
        return SQ_OK;
    return sq_fail(
        claims->err, SQ_EVALUE, "%s: \"populations\" lists %d, but architecture %s has %d",
        claims->network->config.neurons_file, n_listed, claims->network->graph.architecture, n);
}

int sq_neuron_claims_check(struct sq_error *err, const struct sq_network *network)
{
    struct claims claims = {.err = err, .network = network};
    cJSON *file = NULL;
    if (network->config.neurons_file[0] == '\0')
        return SQ_OK;
    int status = sq_config_parse_file(err, network->config.neurons_file, &file);
    if (status != SQ_OK)
        return status;
    claims.populations = cJSON_GetObjectItemCaseSensitive(file, "populations");
    claims.usual = cJSON_GetObjectItemCaseSensitive(file, "neuron_default");
    claims.other = cJSON_GetObjectItemCaseSensitive(file, "neuron_other");
    status = check_names(&claims);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]))
            status = check_population(&claims, &network->node[i]);
    cJSON_Delete(file);
    return status;
}
