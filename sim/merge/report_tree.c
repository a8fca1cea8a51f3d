#include "sim/merge/report_tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int is_one_of(const char *key, const char *const *list)
{
    for (; key != NULL && *list != NULL; list++)
        if (strcmp(key, *list) == 0)
            return 1;
    return 0;
}

/* Counted over samples. */
static int is_count(const char *key)
{
    static const char *const counts[] = {"spikes",
                                         "events",
                                         "additions",
                                         "sops",
                                         "unit_additions",
                                         "dense_additions",
                                         "macs",
                                         "macs_done",
                                         "first_product_additions",
                                         "second_product_additions",
                                         "membrane_updates",
                                         "membrane_bit_updates",
                                         "operations",
                                         "adder_bit_operations",
                                         "weight_bits_fetched",
                                         "recordings",
                                         "in_frames",
                                         "cropped",
                                         "backwards",
                                         "damaged",
                                         NULL};
    return is_one_of(key, counts);
}

/* They follow from counts, or say where things lay. */
static int is_free(const char *key)
{
    static const char *const free_key[] = {"rate", "rate_per_timestep", "path", NULL};
    return is_one_of(key, free_key);
}

static int refuse(struct sq_error *err, const struct sq_report_part *part)
{
    const char *key = part->sum->string != NULL ? part->sum->string : "a list";
    return sq_fail(err, SQ_ESHAPE, "%s: is a shard of another run: %s.%.64s differs", part->path,
                   part->where, key);
}

static int is_whole(const cJSON *item)
{
    return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 0x1p53 &&
           item->valuedouble == floor(item->valuedouble);
}

static int add_count(struct sq_error *err, const struct sq_report_part *part)
{
    cJSON *sum = part->sum;
    if (cJSON_IsNull(sum) || cJSON_IsNull(part->add)) {
        sum->type = cJSON_NULL; /* what does not exist of one part does not of the whole */
        return SQ_OK;
    }
    if (!is_whole(sum) || !is_whole(part->add) ||
        sum->valuedouble + part->add->valuedouble >= 0x1p53)
        return sq_fail(err, SQ_EVALUE, "%s: %s.%s: expected whole numbers whose sum is below 2^53",
                       part->path, part->where, sum->string);
    sum->valuedouble += part->add->valuedouble;
    return SQ_OK;
}

/* Children in the same order, with the same keys. */
static int add_children(struct sq_error *err, const struct sq_report_part *part, int all_counts);

static int add_item(struct sq_error *err, const struct sq_report_part *part, int is_counted)
{
    const cJSON *sum = part->sum, *add = part->add;
    if (is_counted || is_count(sum->string))
        return add_count(err, part);
    if (is_free(sum->string))
        return SQ_OK;
    if (cJSON_IsObject(sum) || cJSON_IsArray(sum))
        return add_children(err, part, sum->string != NULL && strcmp(sum->string, "dropped") == 0);
    return cJSON_Compare(sum, add, 1) ? SQ_OK : refuse(err, part);
}

static int add_children(struct sq_error *err, const struct sq_report_part *part, int all_counts)
{
    const cJSON *add = part->add->child;
    int status = (part->sum->type & 0xff) == (part->add->type & 0xff) ? SQ_OK : refuse(err, part);
    for (cJSON *sum = part->sum->child; status == SQ_OK && sum != NULL; sum = sum->next) {
        const struct sq_report_part inner = {part->path, part->where, sum, add};
        const char *key = sum->string;
        if (add == NULL || (key == NULL) != (add->string == NULL) ||
            (key != NULL && strcmp(key, add->string) != 0))
            return refuse(err, &inner);
        status = add_item(err, &inner, all_counts);
        add = add->next;
    }
    return status == SQ_OK && add != NULL ? refuse(err, part) : status;
}

int sq_report_tree_add(struct sq_error *err, const struct sq_report_part *part)
{
    return add_children(err, part, 0);
}

static void put_children(cJSON *to, const cJSON *tree)
{
    for (const cJSON *item = tree->child; item != NULL; item = item->next)
        sq_report_tree_put(to, item->string, item);
}

/* A number: whole ones as counts, which cJSON would round. */
static cJSON *number_of(const cJSON *item)
{
    char text[32];
    if (!is_whole(item))
        return cJSON_CreateNumber(item->valuedouble);
    snprintf(text, sizeof text, "%.0f", item->valuedouble);
    return cJSON_CreateRaw(text);
}

static cJSON *leaf_of(const cJSON *item)
{
    if (cJSON_IsNumber(item))
        return number_of(item);
    if (cJSON_IsString(item))
        return cJSON_CreateString(item->valuestring);
    if (cJSON_IsBool(item))
        return cJSON_CreateBool(cJSON_IsTrue(item));
    return cJSON_CreateNull();
}

void sq_report_tree_put(cJSON *to, const char *key, const cJSON *tree)
{
    const int is_object = cJSON_IsObject(tree), is_array = cJSON_IsArray(tree);
    cJSON *item = is_object ? cJSON_CreateObject() : is_array ? cJSON_CreateArray() : leaf_of(tree);
    if (item != NULL && (is_object || is_array))
        put_children(item, tree);
    if (key != NULL)
        sq_json_add_item(to, key, item);
    else
        sq_json_append(to, item);
}
