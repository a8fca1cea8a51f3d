/* A call of torch._utils._rebuild_tensor*, taken apart and checked. */
#include "kernels/base/checked.h"
#include "sim/checkpoint/torch.h"

#include <stdlib.h>

/* The arguments of _rebuild_tensor, _v2 and _v3. */
enum { STORAGE, OFFSET, SIZE, STRIDE, REQUIRES_GRAD, HOOKS, METADATA };
enum { DTYPE_V3 = METADATA, METADATA_V3 };

/* A tensor being read. */
struct view {
    const char *name;
    const struct sq_pickle_value *args;
    struct sq_torch_id id;
    uint64_t offset; /* in elements */
    size_t element_bytes;
    struct sq_tensor tensor;
};

static const struct sq_pickle_value *argument(const struct sq_torch *torch, const struct view *view,
                                              uint32_t i)
{
    return &torch->pickle->value[view->args->item[i]];
}

static int bad(const struct sq_torch *torch, const struct view *view, const char *what)
{
    return sq_fail(torch->reader->err, SQ_EFORMAT, "%s: tensor %.200s %s; is the file damaged?",
                   torch->reader->path, view->name, what);
}

static int read_shape(struct sq_torch *torch, struct view *view)
{
    const struct sq_pickle_value *size = argument(torch, view, SIZE);
    const struct sq_pickle_value *stride = argument(torch, view, STRIDE);
    struct sq_tensor *tensor = &view->tensor;
    if (size->kind != SQ_PICKLE_TUPLE || stride->kind != SQ_PICKLE_TUPLE || size->n != stride->n)
        return bad(torch, view, "has sizes and strides that do not match");
    if (size->n > SQ_TENSOR_MAX_DIMS) { /* listed without its shape */
        tensor->unreadable = SQ_UNREADABLE_DIMENSIONS;
        return SQ_OK;
    }
    for (uint32_t d = 0; d < size->n; d++) {
        const struct sq_pickle_value *n = &torch->pickle->value[size->item[d]];
        const struct sq_pickle_value *step = &torch->pickle->value[stride->item[d]];
        if (n->kind != SQ_PICKLE_INT || step->kind != SQ_PICKLE_INT || n->integer < 0 ||
            step->integer < 0)
            return bad(torch, view, "has a size or stride that is not a number, 0 or more");
        tensor->dim[d] = (uint64_t)n->integer;
        tensor->stride[d] = step->integer;
    }
    tensor->n_dims = size->n;
    size_t n_elements;
    if (!sq_mul_dims(tensor->dim, tensor->n_dims, &n_elements))
        return bad(torch, view, "has more elements than 64 bits count");
    tensor->n_elements = n_elements;
    return SQ_OK;
}

/* Storages name the type, except those of _rebuild_tensor_v3, which count bytes. */
static int read_dtype(struct sq_torch *torch, struct view *view, enum sq_pickle_role role)
{
    const struct sq_pickle_global *type = view->id.storage.type;
    if (role == SQ_ROLE_TENSOR_V3) {
        if (view->args->n <= DTYPE_V3)
            return bad(torch, view, "has no type");
        const struct sq_pickle_value *dtype = argument(torch, view, DTYPE_V3);
        if (dtype->kind != SQ_PICKLE_GLOBAL ||
            sq_pickle_globals[dtype->global].role != SQ_ROLE_DTYPE)
            return bad(torch, view, "has something else for a type");
        type = &sq_pickle_globals[dtype->global];
    }
    view->element_bytes = sq_pickle_element_bytes(type);
    view->tensor.dtype = type->dtype;
    view->tensor.type = type->type;
    if (type->type != NULL)
        view->tensor.unreadable = SQ_UNREADABLE_TYPE;
    return SQ_OK;
}

/* PyTorch 2 adds a dict where elements are stored conjugated or negated. */
static void check_metadata(struct sq_torch *torch, struct view *view, enum sq_pickle_role role)
{
    const uint32_t at = role == SQ_ROLE_TENSOR ? METADATA : METADATA_V3;
    const struct sq_pickle_value *metadata = view->args->n > at ? argument(torch, view, at) : NULL;
    if (metadata != NULL && metadata->kind != SQ_PICKLE_NONE &&
        (metadata->kind != SQ_PICKLE_DICT || metadata->n > 0))
        view->tensor.unreadable = SQ_UNREADABLE_VIEW;
}

/* Index of the last element that the view reaches, counted from the first; false past 64 bits. */
static bool reach_of(const struct sq_tensor *tensor, size_t *out)
{
    size_t reach = 0;
    for (uint32_t d = 0; d < tensor->n_dims; d++) {
        size_t part;
        if (tensor->dim[d] > 1 &&
            (!sq_mul_size(tensor->dim[d] - 1, (size_t)tensor->stride[d], &part) ||
             !sq_add_size(reach, part, &reach)))
            return false;
    }
    *out = reach;
    return true;
}

static int check_reach(struct sq_torch *torch, struct view *view)
{
    struct sq_tensor *tensor = &view->tensor;
    const size_t shown_bytes =
        (size_t)view->id.view_elements * sq_pickle_element_bytes(view->id.storage.type);
    const size_t shown = shown_bytes / view->element_bytes;
    size_t last;
    if (tensor->n_elements == 0)
        return SQ_OK;
    if (!reach_of(tensor, &last) || !sq_add_size(last, view->offset, &last) || last >= shown)
        return bad(torch, view, "reaches past the end of its storage");
    if (tensor->n_elements > shown && tensor->n_elements > SQ_MAX_EXPANDED_ELEMENTS) {
        tensor->unreadable = SQ_UNREADABLE_EXPANDED;
        tensor->n_dims = 0; /* and so listed without its shape */
        tensor->n_elements = 0;
    }
    return SQ_OK;
}

static int read_view(struct sq_torch *torch, struct view *view, uint32_t id)
{
    const struct sq_pickle_value *call = &torch->pickle->value[id];
    view->args = &torch->pickle->value[call->ref];
    if (view->args->n <= STRIDE)
        return bad(torch, view, "lacks arguments");
    if (argument(torch, view, STORAGE)->kind != SQ_PICKLE_STORAGE)
        return bad(torch, view, "has no storage");
    const struct sq_pickle_value *offset = argument(torch, view, OFFSET);
    if (offset->kind != SQ_PICKLE_INT || offset->integer < 0)
        return bad(torch, view, "has an offset that is not a number, 0 or more");
    view->offset = (uint64_t)offset->integer;
    const enum sq_pickle_role role = sq_pickle_globals[call->global].role;
    int rc = sq_torch_read_id(torch, view->args->item[STORAGE], &view->id);
    if (rc == SQ_OK)
        rc = read_dtype(torch, view, role);
    if (rc == SQ_OK)
        rc = read_shape(torch, view);
    if (rc == SQ_OK)
        check_metadata(torch, view, role);
    return rc == SQ_OK ? check_reach(torch, view) : rc;
}

static int note_place(struct sq_torch *torch, uint32_t storage, size_t byte)
{
    if (torch->n_places == torch->place_capacity) {
        const size_t larger = torch->place_capacity == 0 ? 64 : 2 * torch->place_capacity;
        void *grown = realloc(torch->place, larger * sizeof *torch->place);
        if (grown == NULL)
            return sq_fail(torch->reader->err, SQ_ENOMEM, "%s: out of memory", torch->reader->path);
        torch->place = grown;
        torch->place_capacity = larger;
    }
    torch->place[torch->n_places++] = (struct sq_torch_place){storage, byte};
    return SQ_OK;
}

static int place_view(struct sq_torch *torch, const struct view *view)
{
    struct sq_torch_storage *storage =
        sq_torch_find_storage(torch, view->id.storage.key, view->id.storage.key_bytes);
    storage->used = true;
    size_t byte = 0;
    if (view->tensor.n_elements > 0)
        byte = (size_t)view->id.view_offset * sq_pickle_element_bytes(storage->type) +
               (size_t)view->offset * view->element_bytes;
    return note_place(torch, (uint32_t)(storage - torch->storage), byte);
}

int sq_torch_add_tensor(struct sq_torch *torch, const char *name, size_t name_bytes, uint32_t id)
{
    struct view view = {.name = name};
    int rc = read_view(torch, &view, id);
    if (rc == SQ_OK)
        rc = place_view(torch, &view);
    return rc == SQ_OK ? sq_checkpoint_add(torch->reader, name, name_bytes, &view.tensor) : rc;
}

int sq_torch_add_opaque(struct sq_torch *torch, const char *name, size_t name_bytes, uint32_t id)
{
    const struct sq_pickle_value *value = &torch->pickle->value[id];
    const struct sq_tensor tensor = {.type = sq_pickle_globals[value->global].type,
                                     .unreadable = SQ_UNREADABLE_KIND};
    const int rc = note_place(torch, (uint32_t)SQ_TORCH_NO_STORAGE, 0);
    return rc == SQ_OK ? sq_checkpoint_add(torch->reader, name, name_bytes, &tensor) : rc;
}

int sq_torch_attach(struct sq_torch *torch, bool big_endian)
{
    struct sq_tensor *tensor = torch->reader->checkpoint->tensor;
    struct sq_checkpoint_source *source =
        sq_checkpoint_new_sources(torch->reader, torch->n_storages);
    if (source == NULL)
        return SQ_ENOMEM;
    for (uint32_t i = 0; i < torch->n_storages; i++) {
        source[i].at = torch->storage[i].at;
        source[i].bytes = torch->storage[i].bytes;
        source[i].data = torch->storage[i].data;
    }
    for (size_t i = 0; i < torch->n_places; i++) {
        if (torch->place[i].storage == (uint32_t)SQ_TORCH_NO_STORAGE)
            continue;
        tensor[i].source = &source[torch->place[i].storage];
        tensor[i].byte = torch->place[i].byte;
        tensor[i].big_endian = big_endian;
    }
    return SQ_OK;
}
