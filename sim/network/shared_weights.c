#define _DEFAULT_SOURCE /* madvise() */

#include "sim/network/shared_weights.h"

#include "kernels/base/arena.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory, and for those that do not fill it the end of those that do. */
static int take(struct sq_error *err, struct sq_shared_weights *shared)
{
    void *memory = NULL;
    int status = shared->take(err, shared->data, shared->size, &memory, &shared->is_filler);
    status = shared->agree(err, shared->data, status);
    shared->memory = memory;
    if (status == SQ_OK && !shared->is_filler)
        status = shared->agree(err, shared->data, SQ_OK); /* theirs: sq_shared_weights_end() */
    return status;
}

int sq_shared_weights_begin(struct sq_error *err, struct sq_shared_weights *shared, int status,
                            size_t bytes)
{
    if (shared == NULL)
        return status;
    shared->memory = NULL;
    shared->is_filler = 1;
    shared->size = bytes;
    shared->used = 0;
    status = shared->agree(err, shared->data, status);
    if (status == SQ_OK)
        status = take(err, shared);
    shared->phase = status == SQ_OK ? SQ_WEIGHTS_PACKING : SQ_WEIGHTS_FAILED;
    return status;
}

int sq_shared_weights_end(struct sq_error *err, struct sq_shared_weights *shared, int status)
{
    if (shared == NULL)
        return status;
    const enum sq_weights_phase phase = shared->phase;
    shared->phase = SQ_WEIGHTS_IDLE;
    if (phase == SQ_WEIGHTS_PACKING && shared->memory != NULL)
        sq_shared_weights_forget(shared, shared->memory + shared->used,
                                 shared->size - shared->used);
    if (phase == SQ_WEIGHTS_FAILED || (phase == SQ_WEIGHTS_PACKING && !shared->is_filler))
        return status;
    return shared->agree(err, shared->data, status);
}

int sq_shared_weights_agree(struct sq_error *err, struct sq_shared_weights *shared, int status)
{
    return shared != NULL ? shared->agree(err, shared->data, status) : status;
}

size_t sq_shared_weights_room(size_t bytes)
{
    return (bytes + SQ_ALIGN - 1) & ~(size_t)(SQ_ALIGN - 1);
}

void *sq_shared_weights_alloc(struct sq_shared_weights *shared, size_t bytes)
{
    if (shared == NULL || shared->memory == NULL || shared->phase != SQ_WEIGHTS_PACKING)
        return NULL;
    const size_t room = sq_shared_weights_room(bytes);
    if (room > shared->size - shared->used)
        return NULL;
    void *weights = shared->memory + shared->used;
    shared->used += room;
    return weights;
}

int sq_shared_weights_are_written(const struct sq_shared_weights *shared, const void *weights)
{
    if (shared == NULL || shared->memory == NULL || shared->is_filler)
        return 1;
    const uintptr_t at = (uintptr_t)weights, begin = (uintptr_t)shared->memory;
    return at < begin || at >= begin + shared->size;
}

void sq_shared_weights_forget(const struct sq_shared_weights *shared, void *weights, size_t bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = ((uintptr_t)weights + page - 1) & ~(page - 1);
    const uintptr_t end = ((uintptr_t)weights + bytes) & ~(page - 1);
#ifdef MADV_REMOVE
    if (shared->is_filler && end > begin)
        madvise((char *)weights + (begin - (uintptr_t)weights), end - begin,
                MADV_REMOVE); /* advice: else it stays */
#else
    (void)shared, (void)begin, (void)end;
#endif
}
