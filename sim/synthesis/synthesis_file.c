#include "sim/synthesis/synthesis_file.h"

#include "sim/checkpoint/safetensors_write.h"
#include "sim/config/config_write.h"

#include <stdio.h>
#include <stdlib.h>

void sq_synthesis_describe(struct sq_synthesis_note *note)
{
    const struct sq_synthesis *synthesis = note->synthesis;
    double least = 1, most = 0;
    char rates[64];
    for (size_t i = 0; i < synthesis->network->n_nodes; i++)
        if (sq_node_is_population(&synthesis->network->node[i])) {
            const double wanted = synthesis->rate[i].wanted;
            least = wanted < least ? wanted : least;
            most = wanted > most ? wanted : most;
        }
    if (least < most)
        snprintf(rates, sizeof rates, "rates %g to %g", least, most);
    else
        snprintf(rates, sizeof rates, "rate %g", most);
    snprintf(note->how, sizeof note->how,
             "spikeq synthesize " SQ_VERSION ", seed %llu, %s on %u sample%s of %.100s",
             (unsigned long long)synthesis->drawn.seed, rates, synthesis->stage.n_lanes,
             synthesis->stage.n_lanes == 1 ? "" : "s", note->input);
}

/* {"NAME": rate, ...} as text, the caller's; NULL: out of memory. */
static char *rates_text(const struct sq_synthesis *synthesis, int are_reached)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < synthesis->network->n_nodes; i++)
        if (sq_node_is_population(&synthesis->network->node[i]))
            sq_json_add_number(object, synthesis->network->node[i].name,
                               are_reached ? synthesis->rate[i].reached
                                           : synthesis->rate[i].wanted);
    char *text = sq_json_print_line(object);
    cJSON_Delete(object);
    return text;
}

/* A member whose text is made for it, and freed; NULL marks the object. */
static void add_made(cJSON *to, const char *key, char *text)
{
    sq_json_add_text(to, key, text);
    free(text);
}

static void add_metadata(cJSON *to, const void *data)
{
    const struct sq_synthesis_note *note = data;
    const struct sq_synthesis *synthesis = note->synthesis;
    cJSON *config = sq_config_to_json(&synthesis->network->config);
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)synthesis->drawn.seed);
    sq_json_add_text(to, "format", "pt");
    sq_json_add_text(to, SQ_SYNTHETIC, note->how);
    sq_json_add_text(to, "spikeq", SQ_VERSION);
    sq_json_add_text(to, "seed", seed);
    add_made(to, "config", sq_json_print_line(config));
    add_made(to, "rates", rates_text(synthesis, 0));
    add_made(to, "reached", rates_text(synthesis, 1));
    cJSON_Delete(config);
}

static void add_tensors(struct sq_safetensors_writer *writer, const void *data)
{
    const struct sq_synthesis_note *note = data;
    const struct sq_drawn_tensors *drawn = &note->synthesis->drawn;
    for (size_t i = 0; i < drawn->n; i++) {
        const struct sq_drawn_tensor *item = drawn->item[i];
        const struct sq_tensor *tensor = &item->tensor;
        if (!sq_safetensors_begin(writer, item->stem, item->member, "F32", sizeof(float),
                                  tensor->dim, tensor->n_dims))
            continue;
        for (uint64_t k = 0; k < tensor->n_elements; k++)
            sq_safetensors_put_f32(writer, item->value[k]);
    }
}

int sq_synthesis_may_write(struct sq_error *err, const char *path, int replace)
{
    return sq_safetensors_may_write(err, path, replace);
}

int sq_synthesis_write(struct sq_error *err, const struct sq_synthesis_note *note, int replace)
{
    const struct sq_safetensors_content content = {add_metadata, add_tensors, note};
    return sq_safetensors_write(err, note->out, replace, &content);
}
