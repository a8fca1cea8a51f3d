/* A pickle's tree of values -> named tensors.
 *
 * A tensor's name is the way to it: dict keys, list and tuple positions and Namespace attributes,
 * joined by dots, in the order of the file. Values may be shared and may contain themselves: a
 * container is not entered again inside itself, and the number of steps is bounded. */
#include "sim/checkpoint/torch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_DEPTH = 64,
    MAX_STEPS = 1 << 22,
};

/* A container on the way. */
struct level {
    uint32_t container;
    uint32_t next;     /* item to look at */
    size_t name_bytes; /* of the name up to here, with its dot */
};

struct walk {
    struct sq_torch *torch;
    struct level level[MAX_DEPTH];
    uint32_t depth;
    uint32_t n_steps;
    char name[SQ_MAX_NAME_BYTES + 64];
    size_t name_bytes;
};

static const struct sq_pickle_value *value_of(const struct walk *walk, uint32_t id)
{
    return &walk->torch->pickle->value[id];
}

/* What holds the items of a value: itself, or a Namespace's attributes. */
static uint32_t container_of(const struct walk *walk, uint32_t id)
{
    return value_of(walk, id)->kind == SQ_PICKLE_OBJECT ? value_of(walk, id)->ref : id;
}

static bool is_container(const struct walk *walk, uint32_t id)
{
    const uint8_t kind = value_of(walk, id)->kind;
    return kind == SQ_PICKLE_TUPLE || kind == SQ_PICKLE_LIST || kind == SQ_PICKLE_DICT;
}

static bool is_entered(const struct walk *walk, uint32_t container)
{
    for (uint32_t i = 0; i < walk->depth; i++)
        if (walk->level[i].container == container)
            return true;
    return false;
}

static int enter(struct walk *walk, uint32_t container)
{
    const struct sq_checkpoint_reader *reader = walk->torch->reader;
    if (is_entered(walk, container))
        return SQ_OK;
    if (walk->depth == MAX_DEPTH)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: refused: values are nested more than %d deep; save the bare "
                       "model.state_dict() instead",
                       reader->path, MAX_DEPTH);
    walk->level[walk->depth++] =
        (struct level){.container = container, .next = 0, .name_bytes = walk->name_bytes};
    return SQ_OK;
}

/* Set the name's last part: a dict's key if it is text or a whole number, else the position. */
static int set_part(struct walk *walk, size_t prefix_bytes, const struct sq_pickle_value *key,
                    uint32_t position)
{
    const struct sq_checkpoint_reader *reader = walk->torch->reader;
    char digits[24];
    const char *part = digits;
    size_t n;
    if (key != NULL && key->kind == SQ_PICKLE_TEXT) {
        part = (const char *)key->text;
        n = key->n;
    } else {
        const long long number =
            key != NULL && key->kind == SQ_PICKLE_INT ? key->integer : (long long)position;
        n = (size_t)snprintf(digits, sizeof digits, "%lld", number);
    }
    if (prefix_bytes + n > SQ_MAX_NAME_BYTES) {
        char shown[64];
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: refused: something named %s... has a name of more than %d bytes; save "
                       "the bare model.state_dict() instead",
                       reader->path, sq_printable(shown, sizeof shown, part, n), SQ_MAX_NAME_BYTES);
    }
    memcpy(walk->name + prefix_bytes, part, n);
    walk->name_bytes = prefix_bytes + n;
    walk->name[walk->name_bytes] = '\0';
    return SQ_OK;
}

static bool is_tensor(const struct walk *walk, uint32_t id)
{
    const uint8_t kind = value_of(walk, id)->kind;
    return kind == SQ_PICKLE_TENSOR || kind == SQ_PICKLE_OPAQUE;
}

static int add(struct walk *walk, uint32_t id)
{
    return value_of(walk, id)->kind == SQ_PICKLE_OPAQUE
               ? sq_torch_add_opaque(walk->torch, walk->name, walk->name_bytes, id)
               : sq_torch_add_tensor(walk->torch, walk->name, walk->name_bytes, id);
}

static int visit(struct walk *walk, const struct level *level, uint32_t position, uint32_t id,
                 const struct sq_pickle_value *key)
{
    const bool tensor = is_tensor(walk, id);
    const uint32_t container = container_of(walk, id);
    if (!tensor && !is_container(walk, container))
        return SQ_OK;
    const int rc = set_part(walk, level->name_bytes, key, position);
    if (rc != SQ_OK)
        return rc;
    if (tensor)
        return add(walk, id);
    walk->name[walk->name_bytes++] = '.';
    return enter(walk, container);
}

/* Look at the next item of the innermost container, or leave it. */
static int step(struct walk *walk)
{
    struct level *level = &walk->level[walk->depth - 1];
    const struct sq_pickle_value *container = value_of(walk, level->container);
    const bool dict = container->kind == SQ_PICKLE_DICT;
    if (level->next >= container->n) {
        walk->depth--;
        return SQ_OK;
    }
    const uint32_t position = dict ? level->next / 2 : level->next;
    const struct sq_pickle_value *key = dict ? value_of(walk, container->item[level->next]) : NULL;
    const uint32_t id = container->item[level->next + dict];
    level->next += 1 + dict;
    return visit(walk, level, position, id, key);
}

static int walk_all(struct walk *walk)
{
    const struct sq_checkpoint_reader *reader = walk->torch->reader;
    const uint32_t root = walk->torch->pickle->result;
    if (is_tensor(walk, root)) {
        walk->name_bytes = strlen("tensor");
        memcpy(walk->name, "tensor", walk->name_bytes + 1);
        return add(walk, root);
    }
    const uint32_t container = container_of(walk, root);
    int rc = is_container(walk, container) ? enter(walk, container) : SQ_OK;
    while (rc == SQ_OK && walk->depth > 0) {
        if (++walk->n_steps > MAX_STEPS)
            return sq_fail(reader->err, SQ_EUNSUPPORTED,
                           "%s: refused: shared values multiply to more than %d; save the bare "
                           "model.state_dict() instead",
                           reader->path, MAX_STEPS);
        rc = step(walk);
    }
    return rc;
}

int sq_torch_flatten(struct sq_torch *torch)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return sq_fail(torch->reader->err, SQ_ENOMEM, "%s: out of memory", torch->reader->path);
    walk->torch = torch;
    const int rc = walk_all(walk);
    free(walk);
    if (rc == SQ_OK && torch->n_places == 0)
        return sq_fail(torch->reader->err, SQ_EUNSUPPORTED,
                       "%s: holds no tensor; name a file with a network's state dict",
                       torch->reader->path);
    return rc;
}

int sq_torch_collect(struct sq_torch *torch)
{
    const int rc = sq_torch_list_storages(torch);
    return rc == SQ_OK ? sq_torch_flatten(torch) : rc;
}

void sq_torch_free(struct sq_torch *torch)
{
    free(torch->storage);
    free(torch->place);
}
