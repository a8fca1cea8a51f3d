/* Where the time of a run went, node by node. */
#include "sim/nodes/kinds.h"
#include "sim/report/report.h"

/* Additions of a node, all samples. The first convolution adds in those samples whose pixels are counts. */
static uint64_t additions_of(const struct spikeq_report *report, size_t index)
{
    const struct sq_node *node = &report->network->node[index];
    const uint32_t timesteps = report->network->config.timesteps;
    const struct sq_tally *tally = report->totals.tally + index * timesteps;
    uint64_t sum = 0;
    if (node->kind == SQ_NODE_ANALOG_CONV)
        return report->sops.first;
    for (uint32_t t = 0; t < timesteps; t++)
        sum += sq_node_row[node->kind].sops(node, &tally[t], 0);
    return sum;
}

/* The layer, or the product of attention, that a node's neurons integrate; "" without one. */
static const char *layer_of(const struct sq_network *network, const struct sq_node *node)
{
    const struct sq_synapse *synapse = sq_node_weights(network, node);
    if (synapse != NULL)
        return synapse->name;
    return sq_node_is_attention(node) ? network->graph.node[node->graph->input[0]].id : "";
}

void sq_report_node_time(const struct spikeq_report *report, size_t index,
                         struct spikeq_node_time *time)
{
    const struct sq_node *node = &report->network->node[index];
    *time = (struct spikeq_node_time){
        .name = node->name,
        .layer = layer_of(report->network, node),
        .seconds = sq_profile_seconds(&report->profile, report->threads, index),
        .additions = additions_of(report, index),
    };
}

/* Additions over time, as a part of the limit; 0 where no time passed. */
static double share(const struct spikeq_report *report, uint64_t additions, double seconds)
{
    return seconds > 0 ? (double)additions / (seconds * report->profile.limit) : 0;
}

static cJSON *node_json(const struct spikeq_report *report, size_t index)
{
    cJSON *object = cJSON_CreateObject();
    struct spikeq_node_time time;
    sq_report_node_time(report, index, &time);
    sq_json_add_text(object, "name", time.name);
    if (time.layer[0] != '\0')
        sq_json_add_text(object, "layer", time.layer);
    sq_json_add_number(object, "seconds", time.seconds);
    sq_json_count(object, "additions", time.additions);
    sq_json_add_number(object, "share_of_limit", share(report, time.additions, time.seconds));
    return object;
}

void sq_report_add_profile(cJSON *timing, const struct spikeq_report *report,
                           const struct spikeq_summary *summary)
{
    if (report->profile.ns == NULL)
        return;
    cJSON *profile = sq_json_add_object(timing, "profile");
    sq_json_add_number(profile, "limit_additions_per_second", report->profile.limit);
    sq_json_add_number(profile, "share_of_limit",
                       share(report, summary->additions, summary->seconds * report->threads));
    cJSON *nodes = sq_json_add_array(profile, "nodes");
    for (size_t i = 0; i < report->network->n_nodes; i++)
        sq_json_append(nodes, node_json(report, i));
}
