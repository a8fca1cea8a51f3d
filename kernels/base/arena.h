/* Arena: memory of one lifetime, taken at set-up and given back at once.
 *
 * Every object is 64-byte aligned (one cache line, one AVX-512 vector) and zeroed. Under
 * AddressSanitizer a poisoned red zone follows each object, so that an overrun inside the arena is
 * still found. Not safe from several threads: an arena belongs to the code that sets it up. */
#ifndef SQ_BASE_ARENA_H
#define SQ_BASE_ARENA_H

#include <stddef.h>

enum { SQ_ALIGN = 64 };

struct sq_arena_block;

struct sq_arena {
    struct sq_arena_block *block; /* newest first */
    size_t used_bytes;            /* sum of all objects handed out */
};

/* `count` zeroed objects of `size` bytes each, or NULL: out of memory, or count * size overflows.
 * A request of zero bytes gives a valid pointer to nothing. Freed by sq_arena_free() only. */
void *sq_arena_alloc(struct sq_arena *arena, size_t count, size_t size);

/* Every byte of an object will be written: large ones (of 2 MiB and more) get large pages where the system
 * has them. Of an object that is filled in part only the pages that are written take memory, so that none
 * is advised. */
void sq_arena_will_fill(const void *object, size_t bytes);

/* Nobody reads the object any more: its whole pages go back to the system, and its content is lost. */
void sq_arena_forget(void *object, size_t bytes);

/* A copy of the string `text`, or NULL. */
char *sq_arena_strdup(struct sq_arena *arena, const char *text);

/* Give everything back; the arena is empty and usable again. Accepts a zeroed struct. */
void sq_arena_free(struct sq_arena *arena);

#endif
