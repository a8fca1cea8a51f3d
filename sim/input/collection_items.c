#include "sim/input/collection_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct sq_error *err, const struct sq_collection *collection)
{
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", collection->path);
}

int sq_collection_keep_name(struct sq_error *err, struct sq_collection *collection,
                            const char *name, size_t n, uint64_t *at)
{
    struct sq_name_list *names = &collection->names;
    if (names->room - names->n < n + 1) {
        const uint64_t room = 2 * names->room + n + 4096;
        char *text = realloc(names->text, (size_t)room);
        if (text == NULL)
            return no_memory(err, collection);
        names->text = text;
        names->room = room;
    }
    *at = names->n;
    memcpy(names->text + *at, name, n);
    names->text[*at + n] = '\0';
    names->n += n + 1;
    return SQ_OK;
}

int sq_collection_add_folder_name(struct sq_error *err, struct sq_collection *collection,
                                  const char *path, uint32_t *folder)
{
    if (collection->n_folders == collection->folder_room) {
        const uint32_t room = 2 * collection->folder_room + 16;
        const char **folders = realloc(collection->folder, room * sizeof *folders);
        if (folders == NULL)
            return no_memory(err, collection);
        collection->folder = folders;
        collection->folder_room = room;
    }
    const char *copy = sq_arena_strdup(&collection->arena, path);
    if (copy == NULL)
        return no_memory(err, collection);
    *folder = collection->n_folders++;
    collection->folder[*folder] = copy;
    return SQ_OK;
}

int sq_collection_add_kept(struct sq_error *err, struct sq_collection *collection, uint32_t folder,
                           uint64_t name, int32_t label)
{
    if (collection->n == collection->room) {
        const uint64_t room = 2 * collection->room + 64;
        struct sq_collected *item = realloc(collection->item, (size_t)room * sizeof *item);
        if (item == NULL)
            return no_memory(err, collection);
        collection->item = item;
        collection->room = room;
    }
    collection->item[collection->n++] = (struct sq_collected){name, folder, label};
    return SQ_OK;
}

int sq_collection_add(struct sq_error *err, struct sq_collection *collection, uint32_t folder,
                      const char *name, int32_t label)
{
    const uint64_t n = collection->n;
    uint64_t at = 0;
    if (n > 0 && collection->item[n - 1].folder == folder &&
        strcmp(sq_collection_own_name(collection, n - 1), name) == 0)
        return sq_collection_add_kept(err, collection, folder, collection->item[n - 1].name, label);
    const int rc = sq_collection_keep_name(err, collection, name, strlen(name), &at);
    return rc == SQ_OK ? sq_collection_add_kept(err, collection, folder, at, label) : rc;
}

void sq_collection_trim(struct sq_collection *collection)
{
    if (collection->n == 0)
        return;
    char *text = realloc(collection->names.text, (size_t)collection->names.n);
    struct sq_collected *item =
        realloc(collection->item, (size_t)collection->n * sizeof *collection->item);
    if (text != NULL) {
        collection->names.text = text;
        collection->names.room = collection->names.n;
    }
    if (item != NULL) {
        collection->item = item;
        collection->room = collection->n;
    }
}

const char *sq_collection_name(const struct sq_collection *collection, uint64_t i,
                               char out[SQ_COLLECTION_NAME])
{
    snprintf(out, SQ_COLLECTION_NAME, "%s%s%s", collection->folder[collection->item[i].folder],
             collection->member != NULL ? ": " : "", sq_collection_own_name(collection, i));
    return out;
}

int sq_collection_pass_over(struct sq_error *err, struct sq_collection *collection,
                            const char *name)
{
    if (collection->n_passed_over++ == 0)
        collection->passed_over = sq_arena_strdup(&collection->arena, name);
    return collection->passed_over != NULL ? SQ_OK : no_memory(err, collection);
}

void sq_collection_clear(struct sq_collection *collection)
{
    sq_arena_free(&collection->arena);
    free(collection->item);
    free(collection->member);
    free(collection->kept);
    free(collection->names.text);
    free(collection->folder);
}
