#include "traces/import/array_inside.h"

#include "kernels/base/checked.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 21 };

/* Elements of one sample at one timestep: the sizes were checked, no sample is empty. */
static size_t elements_of(const struct sq_member *member)
{
    return member->row_elements / (size_t)member->header.dim[1];
}

/* As many samples as fit BLOCK_BYTES, at least one. */
static int make_room(struct sq_error *err, const struct sq_members *members,
                     const struct sq_member *member, struct sq_fortran *cache)
{
    const struct sq_array *a = &member->header;
    size_t sample_bytes, n = 1;
    if (!sq_mul_size(elements_of(member), (size_t)a->dim[0] * a->item_bytes, &sample_bytes))
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", members->path);
    if (sample_bytes < BLOCK_BYTES)
        n = BLOCK_BYTES / sample_bytes;
    cache->room = n < a->dim[1] ? n : (size_t)a->dim[1];
    cache->block = malloc(cache->room * sample_bytes);
    return cache->block != NULL ? SQ_OK
                                : sq_fail(err, SQ_ENOMEM, "%s: out of memory", members->path);
}

/* The block that begins with sample `first`. */
static int read_block(struct sq_error *err, const struct sq_members *members,
                      const struct sq_member *member, struct sq_fortran *cache, uint64_t first)
{
    const struct sq_array *a = &member->header;
    const uint64_t left = a->dim[1] - first;
    const size_t n = left < cache->room ? (size_t)left : cache->room;
    const size_t bytes = n * (size_t)a->dim[0] * a->item_bytes;
    int status = SQ_OK;
    cache->n = 0;
    for (size_t j = 0; status == SQ_OK && j < elements_of(member); j++)
        status = sq_member_read(err, members, member,
                                a->offset + (j * a->dim[1] + first) * a->dim[0] * a->item_bytes,
                                cache->block + j * bytes, bytes);
    cache->first = first;
    cache->n = status == SQ_OK ? n : 0;
    return status;
}

/* Number of element `i` of C order in Fortran order; dimensions 0 and 1 are T and B. */
static size_t fortran_index(const struct sq_array *a, size_t i, size_t elements)
{
    size_t at = 0, stride = 1, weight = elements;
    for (unsigned d = 2; d < a->n_dims; d++) {
        weight /= (size_t)a->dim[d];
        at += i / weight * stride;
        i %= weight;
        stride *= (size_t)a->dim[d];
    }
    return at;
}

int sq_fortran_read(struct sq_error *err, const struct sq_members *members,
                    const struct sq_member *member, struct sq_fortran *cache, uint64_t b,
                    uint32_t t, unsigned char *out)
{
    const struct sq_array *a = &member->header;
    const size_t elements = elements_of(member), timesteps = (size_t)a->dim[0];
    int status = cache->block != NULL ? SQ_OK : make_room(err, members, member, cache);
    if (status == SQ_OK && (b < cache->first || b - cache->first >= cache->n))
        status = read_block(err, members, member, cache, b);
    if (status != SQ_OK)
        return status;
    for (size_t i = 0; i < elements; i++) {
        const size_t j = fortran_index(a, i, elements);
        const size_t at = (j * (size_t)cache->n + (size_t)(b - cache->first)) * timesteps + t;
        memcpy(out + i * a->item_bytes, cache->block + at * a->item_bytes, a->item_bytes);
    }
    return SQ_OK;
}

void sq_fortran_free(struct sq_fortran *cache)
{
    free(cache->block);
    *cache = (struct sq_fortran){.n = 0};
}
