#include "sim/record/adders.h"

#include "sim/json/json.h"

#include <math.h>
#include <string.h>

enum { MAX_BITS = 1024 };

/* Item `at` of a list as a width; 0 if it is not a width. */
static uint32_t width_at(const cJSON *list, int at)
{
    const cJSON *item = cJSON_GetArrayItem(list, at);
    const double bits = cJSON_IsNumber(item) ? item->valuedouble : 0;
    return bits >= 1 && bits <= MAX_BITS && bits == floor(bits) ? (uint32_t)bits : 0;
}

/* One population's widths; 0: they are not widths. */
static int take_widths(const cJSON *list, struct sq_network *network)
{
    const int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        if (strcmp(node->name, list->string) != 0 || !sq_node_is_population(node))
            continue;
        node->adder_bits = width_at(list, 0);
        node->factor_bits = n == 2 ? width_at(list, 1) : 0;
        return n >= 1 && n <= 2 && node->adder_bits > 0 && (n == 1 || node->factor_bits > 0);
    }
    return 0;
}

int sq_adders_read(struct sq_error *err, const char *where, const char *text,
                   struct sq_network *network)
{
    const cJSON *list;
    if (text == NULL)
        return SQ_OK;
    int no_memory;
    cJSON *object = sq_json_parse(text, strlen(text), NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the widths of adders", where);
    int is_sound = cJSON_IsObject(object);
    if (is_sound)
        cJSON_ArrayForEach(list, object) is_sound &= take_widths(list, network);
    cJSON_Delete(object);
    return is_sound
               ? SQ_OK
               : sq_fail(err, SQ_EFORMAT,
                         "%s: meta adders is not an object of the network's populations and 1 or "
                         "2 widths up to %d each",
                         where, MAX_BITS);
}
