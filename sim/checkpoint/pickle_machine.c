/* The pickle machine's memory: values, stack, marks, memo, and the bytes it reads. */
#include "sim/checkpoint/pickle_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Values, and items of all containers together. A checkpoint has some ten thousand. */
    MAX_VALUES = 1 << 22,
    FIRST_ITEMS = 4,
    NO_VALUE = -1, /* in the memo, as (uint32_t)-1 */
};

int sq_pickle_fail(struct sq_pickle *p, int code, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return sq_fail(p->err, code, "%s: %s at byte %llu%s%s", p->path, text,
                   (unsigned long long)(p->base + p->op_at), p->member != NULL ? " of " : "",
                   p->member != NULL ? p->member : "");
}

int sq_pickle_truncated(struct sq_pickle *p, const char *where)
{
    p->ends_early = true;
    return sq_pickle_fail(p, SQ_EFORMAT, "truncated: the pickle ends %s", where);
}

int sq_pickle_no_memory(struct sq_pickle *p)
{
    return sq_pickle_fail(p, SQ_ENOMEM, "out of memory for the pickle's values");
}

int sq_pickle_take(struct sq_pickle *p, uint64_t n, const unsigned char **out)
{
    if (n > p->size - p->at)
        return sq_pickle_truncated(p, "inside the opcode");
    *out = p->data + p->at;
    p->at += (size_t)n;
    return SQ_OK;
}

int sq_pickle_take_count(struct sq_pickle *p, size_t n_bytes, uint64_t *out)
{
    const unsigned char *byte = NULL;
    const int rc = sq_pickle_take(p, n_bytes, &byte);
    if (rc != SQ_OK || byte == NULL) /* both or neither */
        return rc;
    *out = 0;
    for (size_t i = n_bytes; i-- > 0;)
        *out = *out << 8 | byte[i];
    return SQ_OK;
}

int sq_pickle_take_line(struct sq_pickle *p, const unsigned char **out, size_t *n)
{
    const unsigned char *start = p->data + p->at;
    const unsigned char *end = memchr(start, '\n', p->size - p->at);
    if (end == NULL || (size_t)(end - start) > UINT32_MAX)
        return sq_pickle_truncated(p, "inside the line");
    *out = start;
    *n = (size_t)(end - start);
    p->at += *n + 1;
    return SQ_OK;
}

static int too_many(struct sq_pickle *p)
{
    return sq_pickle_fail(p, SQ_EUNSUPPORTED,
                          "refused: the pickle makes more than %d values, which no network needs,",
                          MAX_VALUES);
}

int sq_pickle_new(struct sq_pickle *p, struct sq_pickle_value value, uint32_t *out)
{
    if (p->n_values >= MAX_VALUES)
        return too_many(p);
    if (p->n_values == p->value_capacity) {
        const uint32_t larger = p->value_capacity == 0 ? 256 : 2 * p->value_capacity;
        void *grown = realloc(p->value, larger * sizeof *p->value);
        if (grown == NULL)
            return sq_pickle_no_memory(p);
        p->value = grown;
        p->value_capacity = larger;
    }
    p->value[p->n_values] = value;
    *out = p->n_values++;
    return SQ_OK;
}

/* Capacity follows from the count: FIRST_ITEMS, then every power of two. */
int sq_pickle_append(struct sq_pickle *p, uint32_t container, uint32_t id)
{
    struct sq_pickle_value *v = &p->value[container];
    if (p->n_items >= MAX_VALUES)
        return too_many(p);
    if (v->n == 0 || (v->n >= FIRST_ITEMS && (v->n & (v->n - 1)) == 0)) {
        const size_t larger = v->n == 0 ? FIRST_ITEMS : 2 * (size_t)v->n;
        uint32_t *grown = realloc(v->item, larger * sizeof *grown);
        if (grown == NULL)
            return sq_pickle_no_memory(p);
        v->item = grown;
    }
    v->item[v->n++] = id;
    p->n_items++;
    return SQ_OK;
}

static int push_id(struct sq_pickle *p, struct sq_pickle_ids *ids, uint32_t id)
{
    if (ids->n == ids->capacity) {
        const size_t larger = ids->capacity == 0 ? 256 : 2 * ids->capacity;
        uint32_t *grown = realloc(ids->id, larger * sizeof *grown);
        if (grown == NULL)
            return sq_pickle_no_memory(p);
        ids->id = grown;
        ids->capacity = larger;
    }
    ids->id[ids->n++] = id;
    return SQ_OK;
}

size_t sq_pickle_floor(const struct sq_pickle *p)
{
    return p->marks.n > 0 ? p->marks.id[p->marks.n - 1] : 0;
}

int sq_pickle_push(struct sq_pickle *p, uint32_t id)
{
    if (p->stack.n >= MAX_VALUES)
        return too_many(p);
    return push_id(p, &p->stack, id);
}

int sq_pickle_push_new(struct sq_pickle *p, struct sq_pickle_value value)
{
    uint32_t id = 0;
    const int rc = sq_pickle_new(p, value, &id);
    return rc == SQ_OK ? sq_pickle_push(p, id) : rc;
}

int sq_pickle_top(struct sq_pickle *p, uint32_t *out)
{
    if (p->stack.n == sq_pickle_floor(p))
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: the pickle takes more than it pushed");
    *out = p->stack.id[p->stack.n - 1];
    return SQ_OK;
}

int sq_pickle_pop(struct sq_pickle *p, uint32_t *out)
{
    const int rc = sq_pickle_top(p, out);
    if (rc == SQ_OK)
        p->stack.n--;
    return rc;
}

int sq_pickle_mark(struct sq_pickle *p)
{
    if (p->marks.n >= MAX_VALUES)
        return too_many(p);
    return push_id(p, &p->marks, (uint32_t)p->stack.n);
}

int sq_pickle_to_mark(struct sq_pickle *p, size_t *first)
{
    if (p->marks.n == 0)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: the pickle looks for a mark it never made");
    *first = p->marks.id[--p->marks.n];
    return SQ_OK;
}

int sq_pickle_memo_put(struct sq_pickle *p, uint64_t key, uint32_t id)
{
    /* Picklers number from 0 or 1 on: a key past the number of opcodes so far is made up. */
    if (key > p->op_at || key > MAX_VALUES)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: memo number %llu is out of order",
                              (unsigned long long)key);
    while (p->memo.n <= key) {
        const int rc = push_id(p, &p->memo, (uint32_t)NO_VALUE);
        if (rc != SQ_OK)
            return rc;
    }
    p->n_memo += p->memo.id[key] == (uint32_t)NO_VALUE;
    p->memo.id[key] = id;
    return SQ_OK;
}

int sq_pickle_memo_get(struct sq_pickle *p, uint64_t key, uint32_t *out)
{
    if (key >= p->memo.n || p->memo.id[key] == (uint32_t)NO_VALUE)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: memo number %llu was never stored",
                              (unsigned long long)key);
    *out = p->memo.id[key];
    return SQ_OK;
}
