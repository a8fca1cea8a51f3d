/* The storages a main pickle mentions, by key. */
#include "kernels/base/checked.h"
#include "sim/checkpoint/torch.h"

#include <stdlib.h>
#include <string.h>

static int bad_id(const struct sq_torch *torch, const char *what)
{
    return sq_fail(torch->reader->err, SQ_EFORMAT,
                   "%s: a storage's persistent id %s; is the file damaged?", torch->reader->path,
                   what);
}

static const struct sq_pickle_value *value_of(const struct sq_torch *torch, uint32_t id)
{
    return &torch->pickle->value[id];
}

/* Early PyTorch saved views of storages: (key, offset, size) as the last entry. */
static int read_view(const struct sq_torch *torch, uint32_t id, struct sq_torch_id *out)
{
    const struct sq_pickle_value *view = value_of(torch, id);
    if (view->kind == SQ_PICKLE_NONE)
        return SQ_OK;
    if (view->kind != SQ_PICKLE_TUPLE || view->n != 3)
        return bad_id(torch, "has a view that is not (key, offset, size)");
    const struct sq_pickle_value *offset = value_of(torch, view->item[1]);
    const struct sq_pickle_value *size = value_of(torch, view->item[2]);
    if (offset->kind != SQ_PICKLE_INT || size->kind != SQ_PICKLE_INT || offset->integer < 0 ||
        size->integer < 0)
        return bad_id(torch, "has a view whose offset and size are not sizes");
    out->view_offset = (uint64_t)offset->integer;
    out->view_elements = (uint64_t)size->integer;
    if (out->view_offset > out->storage.n_elements ||
        out->view_elements > out->storage.n_elements - out->view_offset)
        return bad_id(torch, "has a view that exceeds the storage");
    return SQ_OK;
}

/* (text,): the storage lies in the pickle. Its own text is its key. */
static int read_nested(struct sq_torch *torch, const struct sq_pickle_value *text,
                       struct sq_torch_id *out)
{
    *out = (struct sq_torch_id){.view_offset = 0};
    const int rc =
        sq_torch_legacy_storage(torch->reader, text->text, text->n,
                                (size_t)(text->text - torch->pickle->data), &out->storage);
    out->storage.key = text->text;
    out->storage.key_bytes = text->n;
    out->view_elements = out->storage.n_elements;
    return rc;
}

int sq_torch_read_id(struct sq_torch *torch, uint32_t storage, struct sq_torch_id *out)
{
    enum { WORD, TYPE, KEY, LOCATION, SIZE, VIEW, N_MAX };
    const struct sq_pickle_value *id = value_of(torch, value_of(torch, storage)->ref);
    if (torch->pickle->nested && id->n == 1 && value_of(torch, id->item[0])->kind == SQ_PICKLE_TEXT)
        return read_nested(torch, value_of(torch, id->item[0]), out);
    if (id->n <= SIZE || id->n > N_MAX ||
        !sq_pickle_is_text(torch->pickle, id->item[WORD], "storage"))
        return bad_id(torch, "is not ('storage', type, key, location, size)");
    const struct sq_pickle_value *type = value_of(torch, id->item[TYPE]);
    if (type->kind != SQ_PICKLE_GLOBAL || sq_pickle_globals[type->global].role != SQ_ROLE_STORAGE)
        return bad_id(torch, "names no type of storage");
    const struct sq_pickle_value *key = value_of(torch, id->item[KEY]);
    if (key->kind != SQ_PICKLE_TEXT)
        return bad_id(torch, "has a key that is not text");
    const struct sq_pickle_value *size = value_of(torch, id->item[SIZE]);
    if (size->kind != SQ_PICKLE_INT || size->integer < 0)
        return bad_id(torch, "has a size that is not a number");
    *out = (struct sq_torch_id){.storage = {.key = key->text,
                                            .key_bytes = key->n,
                                            .type = &sq_pickle_globals[type->global],
                                            .n_elements = (uint64_t)size->integer},
                                .view_elements = (uint64_t)size->integer};
    if (!sq_mul_size(out->storage.n_elements, sq_pickle_element_bytes(out->storage.type),
                     &out->storage.bytes))
        return bad_id(torch, "has a size past 64 bits");
    return id->n > VIEW ? read_view(torch, id->item[VIEW], out) : SQ_OK;
}

static int compare_keys(const void *a, size_t n_a, const void *b, size_t n_b)
{
    const int order = a != b ? memcmp(a, b, n_a < n_b ? n_a : n_b) : 0;
    return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int compare_storages(const void *a, const void *b)
{
    const struct sq_torch_storage *x = a;
    const struct sq_torch_storage *y = b;
    return compare_keys(x->key, x->key_bytes, y->key, y->key_bytes);
}

/* One entry per key; all mentions of a key must agree. */
static int merge(struct sq_torch *torch)
{
    struct sq_torch_storage *storage = torch->storage;
    uint32_t n = 0;
    for (uint32_t i = 0; i < torch->n_storages; i++) {
        if (n == 0 || compare_storages(&storage[n - 1], &storage[i]) != 0)
            storage[n++] = storage[i];
        else if (storage[n - 1].type != storage[i].type ||
                 storage[n - 1].n_elements != storage[i].n_elements)
            return bad_id(torch, "contradicts an earlier one for the same key");
    }
    torch->n_storages = n;
    return SQ_OK;
}

static uint32_t count_storages(const struct sq_pickle *pickle)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < pickle->n_values; i++)
        n += pickle->value[i].kind == SQ_PICKLE_STORAGE;
    return n;
}

int sq_torch_list_storages(struct sq_torch *torch)
{
    const struct sq_pickle *pickle = torch->pickle;
    const uint32_t n = count_storages(pickle);
    torch->storage = calloc(n > 0 ? n : 1, sizeof *torch->storage);
    if (torch->storage == NULL)
        return sq_fail(torch->reader->err, SQ_ENOMEM, "%s: out of memory", torch->reader->path);
    for (uint32_t i = 0; i < pickle->n_values; i++) {
        struct sq_torch_id id;
        if (pickle->value[i].kind != SQ_PICKLE_STORAGE)
            continue;
        const int rc = sq_torch_read_id(torch, i, &id);
        if (rc != SQ_OK)
            return rc;
        torch->storage[torch->n_storages++] = id.storage;
    }
    qsort(torch->storage, torch->n_storages, sizeof *torch->storage, compare_storages);
    return merge(torch);
}

struct sq_torch_storage *sq_torch_find_storage(const struct sq_torch *torch, const void *key,
                                               size_t key_bytes)
{
    uint32_t low = 0;
    uint32_t high = torch->n_storages;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        struct sq_torch_storage *storage = &torch->storage[middle];
        const int order = compare_keys(storage->key, storage->key_bytes, key, key_bytes);
        if (order == 0)
            return storage;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
