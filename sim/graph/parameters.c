#include "sim/graph/parameters.h"

#include "kernels/base/nearest.h"
#include "sim/json/json.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind { TEXT, WORD, SIZE, BLOCK, REAL, FLAG, CHOICE };

/* A parameter: its name, the kind of its value, where it lies, its range or its choices. */
struct parameter {
    const char *name;
    enum kind kind;
    size_t offset;
    double least, most;
    const char *const *choice; /* ends with NULL */
};

static const char *const input_kinds[] = {"image", "frames", NULL};
static const char *const neuron_kinds[SQ_NEURON_KINDS + 1] = {"lif", "plif",       "if",
                                                              "ms",  "multispike", NULL};
static const char *const rounding_names[] = {"half to even", "half up", NULL};
static const char *const axes_names[] = {"CHW", "NC", "CN", "H1D", "H1N", "HMN", "C", NULL};
static const char *const erode_names[] = {"grid", "heads", NULL};
static const char *const order_names[] = {"qk", "kv", NULL};
static const char *const scaled_names[] = {"output", "scores", NULL};

const char *sq_neuron_kind_name(enum sq_neuron_kind kind)
{
    return (unsigned)kind < SQ_NEURON_KINDS ? neuron_kinds[kind] : "unknown";
}

#define AT(member) offsetof(struct sq_graph_node, member)

static const struct parameter parameter[] = {
    {"role", WORD, AT(role), 0, 0, NULL},
    {"block", BLOCK, AT(block), 0, 65535, NULL},
    {"after", TEXT, AT(after), 0, 0, NULL},
    {"weight", TEXT, AT(weight), 0, 0, NULL},
    {"kind", CHOICE, AT(input_kind), 0, 0, input_kinds},
    {"no_time_axis", FLAG, AT(has_no_time), 0, 0, NULL},
    {"channels", SIZE, AT(channels), 1, 65535, NULL},
    {"height", SIZE, AT(height), 1, 16384, NULL},
    {"width", SIZE, AT(width), 1, 16384, NULL},
    {"kernel", SIZE, AT(kernel), 1, 255, NULL},
    {"dims", SIZE, AT(axes_of_kernel), 1, 2, NULL},
    {"stride", SIZE, AT(stride), 1, 255, NULL},
    {"pad", SIZE, AT(padding), 0, 127, NULL},
    {"border", SIZE, AT(padding), 1, 127, NULL},
    {"fold", FLAG, AT(folds), 0, 0, NULL},
    {"groups", SIZE, AT(groups), 1, 65535, NULL},
    {"bias", FLAG, AT(has_bias), 0, 0, NULL},
    {"bias_apart", FLAG, AT(adds_bias_apart), 0, 0, NULL},
    {"neuron", CHOICE, AT(neuron), 0, 0, neuron_kinds},
    {"tau", REAL, AT(tau), 1, 1e6, NULL},
    {"v_threshold", REAL, AT(threshold), 1e-6, 1e6, NULL},
    {"v_reset", REAL, AT(reset), 0, 0, NULL},
    {"batch_coupled", FLAG, AT(is_batch_coupled), 0, 0, NULL},
    {"decay", REAL, AT(decay), 0, 1, NULL},
    {"max", SIZE, AT(most), 1, 7, NULL},
    {"divide_by", SIZE, AT(divide_by), 1, 1024, NULL},
    {"rounding", CHOICE, AT(rounding), 0, 0, rounding_names},
    {"over", CHOICE, AT(erode_axes), 0, 0, erode_names},
    {"axes", CHOICE, AT(axes), 0, 0, axes_names},
    {"heads", SIZE, AT(heads), 1, 1024, NULL},
    {"rate", TEXT, AT(rate), 0, 0, NULL},
    {"scale", REAL, AT(scale), 0x1p-24, 0x1p8, NULL},
    {"scaled", CHOICE, AT(scaled), 0, 0, scaled_names},
    {"order", CHOICE, AT(order), 0, 0, order_names},
};

enum { N_PARAMETERS = sizeof parameter / sizeof *parameter, N_COMMON = 3 };

static const char *const parameters_of[SQ_OPERATIONS] = {
#define SQ_OPERATION(NAME, name, least, most, parameters) [SQ_OPERATION_##NAME] = (parameters),
#include "sim/graph/operations.inc"
};

/* Does the operation take the parameter? */
static bool takes(enum sq_operation operation, size_t index)
{
    const char *at = parameters_of[operation];
    const size_t n = strlen(parameter[index].name);
    if (index < N_COMMON)
        return true;
    while ((at = strstr(at, parameter[index].name)) != NULL) {
        const bool begins = at == parameters_of[operation] || at[-1] == ' ';
        if (begins && (at[n] == ' ' || at[n] == '\0'))
            return true;
        at += n;
    }
    return false;
}

static int unknown(struct sq_error *err, const char *where, const struct sq_graph_node *node,
                   const char *name)
{
    struct sq_nearest nearest = sq_nearest_to(name);
    for (size_t i = 0; i < N_PARAMETERS; i++)
        if (takes(node->operation, i))
            sq_nearest_offer(&nearest, parameter[i].name);
    return sq_fail(err, SQ_EFORMAT, "%s: %s has no parameter \"%.32s\"%s%s%s", where,
                   sq_operation_name(node->operation), name,
                   nearest.name != NULL ? "; did you mean \"" : "; it takes role block after ",
                   nearest.name != NULL ? nearest.name : parameters_of[node->operation],
                   nearest.name != NULL ? "\"?" : "");
}

static int wrong_type(struct sq_error *err, const char *where, const char *name, const char *want)
{
    return sq_fail(err, SQ_EFORMAT, "%s: \"%s\" must be %s", where, name, want);
}

/* The range that is open at neither end. */
static int check_range(struct sq_error *err, const char *where, const struct parameter *p,
                       double number)
{
    if (isfinite(number) && number >= p->least && number <= p->most)
        return SQ_OK;
    if (p->least == p->most)
        return sq_fail(err, SQ_EVALUE, "%s: \"%s\" is %.9g; this simulator knows only %.9g", where,
                       p->name, number, p->least);
    return sq_fail(err, SQ_EVALUE, "%s: \"%s\" is %.9g; it must lie in %.9g..%.9g", where, p->name,
                   number, p->least, p->most);
}

static int store_text(struct sq_error *err, const char *where, const struct parameter *p,
                      const cJSON *value, char *to)
{
    const size_t room = p->kind == WORD ? SQ_GRAPH_WORD : SQ_GRAPH_TEXT;
    const char *text = cJSON_GetStringValue(value);
    if (text == NULL)
        return wrong_type(err, where, p->name, "text");
    if (strlen(text) >= room)
        return sq_fail(err, SQ_EVALUE, "%s: \"%s\" is longer than %zu bytes", where, p->name,
                       room - 1);
    snprintf(to, room, "%s", text);
    return SQ_OK;
}

static int store_number(struct sq_error *err, const char *where, const struct parameter *p,
                        const cJSON *value, void *to)
{
    const double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    const bool is_whole = p->kind != REAL;
    if (!cJSON_IsNumber(value) || (is_whole && isfinite(number) && number != floor(number)))
        return wrong_type(err, where, p->name, is_whole ? "an integer" : "a number");
    const int status = check_range(err, where, p, number);
    if (status != SQ_OK)
        return status;
    if (p->kind == REAL)
        *(double *)to = number;
    else if (p->kind == BLOCK)
        *(int32_t *)to = (int32_t)number;
    else
        *(uint32_t *)to = (uint32_t)number;
    return SQ_OK;
}

static int store_choice(struct sq_error *err, const char *where, const struct parameter *p,
                        const cJSON *value, int *to)
{
    const char *text = cJSON_GetStringValue(value);
    char all[96] = "";
    size_t used = 0;
    for (int i = 0; p->choice[i] != NULL; i++) {
        if (text != NULL && strcmp(text, p->choice[i]) == 0)
            return *to = i, SQ_OK;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\"%s\"", i > 0 ? " or " : "",
                                 p->choice[i]);
    }
    return text == NULL ? wrong_type(err, where, p->name, all)
                        : sq_fail(err, SQ_EVALUE, "%s: \"%s\" is \"%.32s\"; it must be %s", where,
                                  p->name, text, all);
}

static int store(struct sq_error *err, const char *where, const struct parameter *p,
                 const cJSON *value, struct sq_graph_node *node)
{
    void *to = (char *)node + p->offset;
    switch (p->kind) {
    case TEXT:
    case WORD:
        return store_text(err, where, p, value, to);
    case CHOICE:
        return store_choice(err, where, p, value, to);
    case FLAG:
        if (!cJSON_IsBool(value))
            return wrong_type(err, where, p->name, "true or false");
        *(bool *)to = cJSON_IsTrue(value);
        return SQ_OK;
    default:
        return store_number(err, where, p, value, to);
    }
}

int sq_parameter_store(struct sq_error *err, const char *where, struct sq_graph_node *node,
                       const char *name, const cJSON *value)
{
    for (size_t i = 0; i < N_PARAMETERS; i++)
        if (strcmp(parameter[i].name, name) == 0 && takes(node->operation, i))
            return store(err, where, &parameter[i], value, node);
    return unknown(err, where, node, name);
}

int sq_parameters_check(struct sq_error *err, const char *where, const struct sq_graph_node *node)
{
    const enum sq_operation operation = node->operation;
    const bool has_tensor = operation == SQ_OPERATION_CONV || operation == SQ_OPERATION_LINEAR ||
                            operation == SQ_OPERATION_BN ||
                            operation == SQ_OPERATION_SCALE_CHANNELS;
    const bool is_dssa = operation == SQ_OPERATION_DSSA_SCORE || operation == SQ_OPERATION_DSSA_MIX;
    const bool has_heads = operation == SQ_OPERATION_ATTEND || is_dssa;
    const char *missing = has_tensor && node->weight[0] == '\0'                    ? "weight"
                          : has_heads && node->heads == 0                          ? "heads"
                          : is_dssa && node->rate[0] == '\0'                       ? "rate"
                          : operation == SQ_OPERATION_INPUT && node->channels == 0 ? "channels"
                          : operation == SQ_OPERATION_INPUT && node->height == 0   ? "height"
                          : operation == SQ_OPERATION_INPUT && node->width == 0    ? "width"
                                                                                   : NULL;
    if (missing == NULL)
        return SQ_OK;
    return sq_fail(err, SQ_EFORMAT, "%s: %s needs \"%s\"", where, sq_operation_name(operation),
                   missing);
}

static void write_one(cJSON *to, const struct parameter *p, const struct sq_graph_node *node)
{
    const void *from = (const char *)node + p->offset;
    switch (p->kind) {
    case TEXT:
    case WORD:
        if (*(const char *)from != '\0')
            sq_json_add_text(to, p->name, from);
        break;
    case SIZE:
        if (*(const uint32_t *)from != 0 || p->least == 0)
            sq_json_add_number(to, p->name, *(const uint32_t *)from);
        break;
    case BLOCK:
        if (*(const int32_t *)from >= 0)
            sq_json_add_number(to, p->name, *(const int32_t *)from);
        break;
    case REAL:
        sq_json_add_number(to, p->name, *(const double *)from);
        break;
    case FLAG:
        if (*(const bool *)from)
            sq_json_add_bool(to, p->name, 1);
        break;
    case CHOICE:
        sq_json_add_text(to, p->name, p->choice[*(const int *)from]);
        break;
    }
}

/* Of a neuron: is the parameter one of its kind? Multispike has no membrane. */
static bool is_of_kind(const struct sq_graph_node *node, const struct parameter *p)
{
    const bool of_membrane = p->offset == AT(tau) || p->offset == AT(threshold) ||
                             p->offset == AT(reset) || p->offset == AT(decay);
    const bool of_multispike =
        p->offset == AT(most) || p->offset == AT(divide_by) || p->offset == AT(rounding);
    return node->neuron == SQ_NEURON_KIND_MULTISPIKE ? !of_membrane : !of_multispike;
}

void sq_parameters_write(cJSON *to, const struct sq_graph_node *node)
{
    for (size_t i = 0; i < N_PARAMETERS; i++)
        if (takes(node->operation, i) && is_of_kind(node, &parameter[i]))
            write_one(to, &parameter[i], node);
}

void sq_parameters_describe(char *text, size_t size, const struct sq_graph_node *node)
{
    text[0] = '\0';
    switch (node->operation) {
    case SQ_OPERATION_INPUT:
        snprintf(text, size, "%s", input_kinds[node->input_kind]);
        break;
    case SQ_OPERATION_CONV:
    case SQ_OPERATION_MAXPOOL:
    case SQ_OPERATION_AVGPOOL:
    case SQ_OPERATION_SUMPOOL:
        snprintf(text, size, "%ux%u", node->kernel, node->axes_of_kernel == 2 ? node->kernel : 1);
        if (node->stride != 1)
            snprintf(text + strlen(text), size - strlen(text), " stride %u", node->stride);
        if (node->groups != 1)
            snprintf(text + strlen(text), size - strlen(text), " groups %u", node->groups);
        break;
    case SQ_OPERATION_NEURON:
        snprintf(text, size, "%s", neuron_kinds[node->neuron]);
        if (node->neuron == SQ_NEURON_KIND_LIF)
            snprintf(text + strlen(text), size - strlen(text), " tau %.9g", node->tau);
        if (node->neuron == SQ_NEURON_KIND_MS)
            snprintf(text + strlen(text), size - strlen(text), " decay %.9g", node->decay);
        if (node->neuron == SQ_NEURON_KIND_MULTISPIKE)
            snprintf(text + strlen(text), size - strlen(text), " 0..%u over %u, %s", node->most,
                     node->divide_by, rounding_names[node->rounding]);
        else
            snprintf(text + strlen(text), size - strlen(text), " threshold %.9g", node->threshold);
        break;
    case SQ_OPERATION_ATTEND:
        snprintf(text, size, "%u heads, scale %.9g of the %s, %s first", node->heads, node->scale,
                 scaled_names[node->scaled], node->order == SQ_PRODUCT_QK ? "q k" : "k v");
        break;
    case SQ_OPERATION_DSSA_SCORE:
    case SQ_OPERATION_DSSA_MIX:
        snprintf(text, size, "%u heads", node->heads);
        break;
    default:
        break;
    }
}
