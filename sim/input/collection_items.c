#include "sim/input/collection_items.h"

#include <stdlib.h>
#include <string.h>

int sq_collection_add(struct sq_error *err, struct sq_collection *collection, const char *path,
                      int32_t label)
{
    if (collection->n == collection->room) {
        const uint64_t room = 2 * collection->room + 64;
        struct sq_collected *item = realloc(collection->item, (size_t)room * sizeof *item);
        if (item == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", collection->path);
        collection->item = item;
        collection->room = room;
    }
    const char *last = collection->n > 0 ? collection->item[collection->n - 1].path : NULL;
    /* Records of one file share its name. */
    const char *copy =
        last != NULL && strcmp(last, path) == 0 ? last : sq_arena_strdup(&collection->arena, path);
    if (copy == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", collection->path);
    collection->item[collection->n++] = (struct sq_collected){.path = copy, .label = label};
    return SQ_OK;
}

int sq_collection_pass_over(struct sq_error *err, struct sq_collection *collection,
                            const char *name)
{
    if (collection->n_passed_over++ == 0)
        collection->passed_over = sq_arena_strdup(&collection->arena, name);
    return collection->passed_over != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", collection->path);
}

void sq_collection_clear(struct sq_collection *collection)
{
    sq_arena_free(&collection->arena);
    free(collection->item);
}
