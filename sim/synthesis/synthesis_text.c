/* What spikeq synthesize prints, and warns of. */
#include "sim/synthesis/synthesis_file.h"

#include "sim/json/page.h"

#include <inttypes.h>
#include <string.h>

/* What sets a population's rate, for people. */
static void write_setter(char *text, size_t size, const struct sq_synthetic_rate *rate)
{
    if (rate->setter == SQ_SET_BY_BIAS)
        snprintf(text, size, "bias of %s", rate->stem);
    else if (rate->setter == SQ_SET_BY_OVERLAP)
        snprintf(text, size, "overlap of %s and %s", rate->stem, rate->other);
    else
        snprintf(text, size, "follows from its inputs");
}

static void print_rates(FILE *to, const struct sq_synthesis *synthesis)
{
    const struct sq_network *network = synthesis->network;
    char setter[192];
    fprintf(to, "%-36s %8s %8s  %s\n", "population", "wanted", "reached", "set by");
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_synthetic_rate *rate = &synthesis->rate[i];
        if (!sq_node_is_population(&network->node[i]))
            continue;
        write_setter(setter, sizeof setter, rate);
        fprintf(to, "%-36s %8.4g %8.4g%c %s\n", network->node[i].name, rate->wanted, rate->reached,
                sq_synthesis_is_reached(synthesis, i) ? ' ' : '!', setter);
    }
}

static cJSON *rate_json(const struct sq_synthesis *synthesis, size_t node)
{
    static const char *const setter[] = {"inputs", "bias", "overlap"};
    const struct sq_synthetic_rate *rate = &synthesis->rate[node];
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "name", synthesis->network->node[node].name);
    sq_json_add_number(object, "wanted", rate->wanted);
    sq_json_add_number(object, "reached", rate->reached);
    sq_json_add_bool(object, "is_reached", sq_synthesis_is_reached(synthesis, node));
    sq_json_add_text(object, "set_by", setter[rate->setter]);
    if (rate->setter == SQ_SET_BY_NOTHING)
        return object;
    cJSON *stems = sq_json_add_array(object, "tensors");
    sq_json_append(stems, cJSON_CreateString(rate->stem));
    if (rate->setter == SQ_SET_BY_OVERLAP)
        sq_json_append(stems, cJSON_CreateString(rate->other));
    return object;
}

static cJSON *make_json(const struct sq_synthesis_note *note)
{
    const struct sq_synthesis *synthesis = note->synthesis;
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "format", "spikeq synthesize");
    sq_json_count(root, "version", 1);
    sq_json_add_text(root, "config", synthesis->network->config.name);
    sq_json_count(root, "seed", synthesis->drawn.seed);
    sq_json_add_text(root, "input", note->input);
    sq_json_count(root, "samples", synthesis->stage.n_lanes);
    sq_json_add_text(root, "written", note->out);
    sq_json_count(root, "parameters", sq_drawn_parameters(&synthesis->drawn));
    cJSON *populations = sq_json_add_array(root, "populations");
    for (size_t i = 0; i < synthesis->network->n_nodes; i++)
        if (sq_node_is_population(&synthesis->network->node[i]))
            sq_json_append(populations, rate_json(synthesis, i));
    return root;
}

int sq_synthesis_tell(struct sq_error *err, const struct sq_synthesis_note *note, int as_json,
                      char **text)
{
    const struct sq_synthesis *synthesis = note->synthesis;
    struct sq_page page;
    if (as_json)
        return sq_page_json(err, make_json(note), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    fprintf(page.stream,
            "config    %s\n"
            "seed      %" PRIu64 "\n"
            "input     %s, %u sample%s\n"
            "written   %s, %" PRIu64 " parameters\n\n",
            synthesis->network->config.name, synthesis->drawn.seed, note->input,
            synthesis->stage.n_lanes, synthesis->stage.n_lanes == 1 ? "" : "s", note->out,
            sq_drawn_parameters(&synthesis->drawn));
    print_rates(page.stream, synthesis);
    return sq_page_close(err, &page, text);
}

int sq_synthesis_warn(struct sq_error *err, const struct sq_synthesis_note *note)
{
    const struct sq_synthesis *synthesis = note->synthesis;
    const struct sq_network *network = synthesis->network;
    char list[320] = "";
    size_t n = 0, all = 0, n_listed = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        all += sq_node_is_population(&network->node[i]);
        if (!sq_node_is_population(&network->node[i]) || sq_synthesis_is_reached(synthesis, i))
            continue;
        n++;
        const size_t at = strlen(list);
        if (at > sizeof list - 112)
            continue;
        snprintf(list + at, sizeof list - at, "%s%s %.4g instead of %.4g",
                 n_listed++ > 0 ? ", " : "", network->node[i].name, synthesis->rate[i].reached,
                 synthesis->rate[i].wanted);
    }
    if (n == 0)
        return SQ_OK;
    return sq_warn(err, "rate-not-reached",
                   "%s: %zu of %zu populations do not fire as wanted: %s%s; what follows from its "
                   "inputs changes with their rates",
                   note->out, n, all, list, n_listed < n ? ", ..." : "");
}
