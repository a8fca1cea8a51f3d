#define _DEFAULT_SOURCE /* madvise() */

#include "kernels/base/arena.h"

#include "kernels/base/checked.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SQ_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SQ_ASAN 1
#endif
#endif

#ifdef SQ_ASAN
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = SQ_ALIGN };
#else
enum { RED_ZONE = 0 };
#endif

enum { BLOCK_BYTES = 1 << 20, LARGE_PAGE = 1 << 21 };

/* Header in front of a block's objects; one alignment unit long so that objects stay aligned. */
struct sq_arena_block {
    struct sq_arena_block *next;
    void *memory; /* of the whole, zeroed by calloc(): pages that nobody writes are never there */
    size_t size;  /* bytes behind the header */
    size_t used;
};

_Static_assert(sizeof(struct sq_arena_block) <= SQ_ALIGN, "the header fits one alignment unit");

static char *objects_of(struct sq_arena_block *block)
{
    return (char *)block + SQ_ALIGN;
}

static struct sq_arena_block *add_block(struct sq_arena *arena, size_t at_least)
{
    const size_t size = at_least > BLOCK_BYTES ? at_least : BLOCK_BYTES;
    void *memory = size <= SIZE_MAX - 2 * SQ_ALIGN ? calloc(1, 2 * SQ_ALIGN + size) : NULL;
    if (memory == NULL)
        return NULL;
    struct sq_arena_block *block =
        (void *)(((uintptr_t)memory + SQ_ALIGN - 1) & ~(uintptr_t)(SQ_ALIGN - 1));
    block->memory = memory;
    block->size = size;
    block->next = arena->block;
    arena->block = block;
    return block;
}

void *sq_arena_alloc(struct sq_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!sq_mul_size(count, size, &bytes) || !sq_add_size(bytes, SQ_ALIGN - 1 + RED_ZONE, &bytes))
        return NULL;
    bytes &= ~(size_t)(SQ_ALIGN - 1);
    struct sq_arena_block *block = arena->block;
    if (block == NULL || block->size - block->used < bytes)
        block = add_block(arena, bytes);
    if (block == NULL)
        return NULL;
    char *object = objects_of(block) + block->used;
    block->used += bytes;
    arena->used_bytes += bytes;
#ifdef SQ_ASAN
    /* From the object's true end on: the rounding to 64 bytes is out of bounds too. */
    ASAN_POISON_MEMORY_REGION(object + count * size, bytes - count * size);
#endif
    return object;
}

void sq_arena_will_fill(const void *object, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t begin = ((uintptr_t)object + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1);
    const uintptr_t end = ((uintptr_t)object + bytes) & ~(uintptr_t)(LARGE_PAGE - 1);
    if (end > begin)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* advice: small pages do too */
#else
    (void)object, (void)bytes;
#endif
}

void sq_arena_forget(void *object, size_t bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = ((uintptr_t)object + page - 1) & ~(page - 1);
    const uintptr_t end = ((uintptr_t)object + bytes) & ~(page - 1);
    if (end > begin)
        madvise((void *)begin, end - begin, MADV_DONTNEED); /* advice: else it stays */
}

char *sq_arena_strdup(struct sq_arena *arena, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = sq_arena_alloc(arena, bytes, 1);
    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

void sq_arena_free(struct sq_arena *arena)
{
    while (arena->block != NULL) {
        struct sq_arena_block *block = arena->block;
        arena->block = block->next;
#ifdef SQ_ASAN
        ASAN_UNPOISON_MEMORY_REGION(objects_of(block), block->size);
#endif
        free(block->memory);
    }
    arena->used_bytes = 0;
}
