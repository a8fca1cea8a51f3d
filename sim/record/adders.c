#include "sim/record/adders.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

enum { MAX_BITS = 1024 };

/* 0: out of memory. */
static int add_widths(cJSON *object, const struct sq_node *node)
{
    const int width[2] = {(int)node->adder_bits, (int)node->factor_bits};
    cJSON *list = cJSON_CreateIntArray(width, node->factor_bits > 0 ? 2 : 1);
    if (list != NULL && cJSON_AddItemToObject(object, node->name, list))
        return 1;
    cJSON_Delete(list);
    return 0;
}

int sq_adders_text(struct sq_error *err, const struct sq_network *network, char **text)
{
    cJSON *object = NULL;
    int is_whole = 1;
    *text = NULL;
    for (size_t i = 0; is_whole && i < network->n_nodes; i++) {
        if (network->node[i].adder_bits == 0)
            continue;
        if (object == NULL)
            object = cJSON_CreateObject();
        is_whole = object != NULL && add_widths(object, &network->node[i]);
    }
    if (is_whole && object != NULL)
        is_whole = (*text = cJSON_PrintUnformatted(object)) != NULL;
    cJSON_Delete(object);
    return is_whole ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the widths of adders");
}

/* Item `at` of a list as a width; 0 if it is none. */
static uint32_t width_at(const cJSON *list, int at)
{
    const cJSON *item = cJSON_GetArrayItem(list, at);
    const double bits = cJSON_IsNumber(item) ? item->valuedouble : 0;
    return bits >= 1 && bits <= MAX_BITS && bits == floor(bits) ? (uint32_t)bits : 0;
}

/* One population's widths; 0: they are none. */
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
    cJSON *object = cJSON_Parse(text);
    int is_sound = cJSON_IsObject(object);
    if (is_sound)
        cJSON_ArrayForEach(list, object) is_sound &= take_widths(list, network);
    cJSON_Delete(object);
    return is_sound ? SQ_OK
                    : sq_fail(err, SQ_EFORMAT,
                              "%s: meta adders is no object of the network's populations and 1 or "
                              "2 widths up to %d each",
                              where, MAX_BITS);
}
