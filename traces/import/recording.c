#include "traces/import/recording.h"

#include <stdlib.h>
#include <string.h>

int sq_recording_new(struct sq_error *err, const char *path, const struct sq_recording_kind *kind,
                     struct sq_recording **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    (*out)->kind = kind;
    (*out)->path = path;
    return SQ_OK;
}

void sq_recording_close(struct sq_recording *recording)
{
    if (recording == NULL)
        return;
    recording->kind->close(recording);
    free(recording->population);
    sq_arena_free(&recording->arena);
    free(recording);
}

int sq_recording_find(const struct sq_recording *recording, const char *name, size_t *index)
{
    for (size_t i = 0; i < recording->n_populations; i++)
        if (strcmp(recording->population[i].name, name) == 0) {
            *index = i;
            return 1;
        }
    return 0;
}

/* Room for `n` populations, in steps of powers of two. */
static int grow(struct sq_error *err, struct sq_recording *recording)
{
    const size_t n = recording->n_populations;
    if (n == SQ_TRACE_MAX_POPULATIONS)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: more than %d populations", recording->path,
                       SQ_TRACE_MAX_POPULATIONS);
    if ((n & (n - 1)) != 0)
        return SQ_OK;
    void *grown =
        realloc(recording->population, (n == 0 ? 1 : 2 * n) * sizeof *recording->population);
    if (grown == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    recording->population = grown;
    return SQ_OK;
}

static int is_plain_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            return 0;
    return name[0] != '\0' && name[0] != '.' && strpbrk(name, "/\\") == NULL &&
           strlen(name) < SQ_TRACE_NAME_BYTES;
}

int sq_recording_add(struct sq_error *err, struct sq_recording *recording, const char *name,
                     struct sq_recorded_population **out)
{
    size_t index;
    if (!is_plain_name(name))
        return sq_fail(err, SQ_EFORMAT,
                       "%s: \"%.160s\" is not a population name: up to %d ASCII letters, no "
                       "slash, no dot in front",
                       recording->path, name, SQ_TRACE_NAME_BYTES - 1);
    if (sq_recording_find(recording, name, &index))
        return sq_fail(err, SQ_EFORMAT, "%s: population %s is there twice", recording->path, name);
    const int status = grow(err, recording);
    if (status != SQ_OK)
        return status;
    *out = &recording->population[recording->n_populations++];
    **out = (struct sq_recorded_population){.n_dims = 0};
    memcpy((*out)->name, name, strlen(name) + 1); /* a plain name: it fits */
    return SQ_OK;
}
