/* Opcodes of the stack and the memo. */
#include "sim/checkpoint/pickle_machine.h"

int sq_op_mark(struct sq_pickle *p)
{
    return sq_pickle_mark(p);
}

/* POP takes the mark itself when nothing lies on it. */
int sq_op_pop(struct sq_pickle *p)
{
    uint32_t id;
    if (p->marks.n > 0 && p->stack.n == sq_pickle_floor(p)) {
        p->marks.n--;
        return SQ_OK;
    }
    return sq_pickle_pop(p, &id);
}

int sq_op_pop_mark(struct sq_pickle *p)
{
    size_t first;
    const int rc = sq_pickle_to_mark(p, &first);
    if (rc == SQ_OK)
        p->stack.n = first;
    return rc;
}

int sq_op_dup(struct sq_pickle *p)
{
    uint32_t id;
    const int rc = sq_pickle_top(p, &id);
    return rc == SQ_OK ? sq_pickle_push(p, id) : rc;
}

static int put(struct sq_pickle *p, uint64_t key)
{
    uint32_t id;
    const int rc = sq_pickle_top(p, &id);
    return rc == SQ_OK ? sq_pickle_memo_put(p, key, id) : rc;
}

static int get(struct sq_pickle *p, uint64_t key)
{
    uint32_t id;
    const int rc = sq_pickle_memo_get(p, key, &id);
    return rc == SQ_OK ? sq_pickle_push(p, id) : rc;
}

/* A memo number written out: at most ten digits count. */
static int take_key(struct sq_pickle *p, uint64_t *out)
{
    const unsigned char *text = NULL;
    size_t n = 0;
    const int rc = sq_pickle_take_line(p, &text, &n);
    if (rc != SQ_OK)
        return rc;
    *out = 0;
    bool good = n > 0 && n <= 10;
    for (size_t i = 0; good && i < n; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return good ? SQ_OK : sq_pickle_fail(p, SQ_EFORMAT, "damaged: not a memo number");
}

int sq_op_put(struct sq_pickle *p)
{
    uint64_t key = 0;
    const int rc = take_key(p, &key);
    return rc == SQ_OK ? put(p, key) : rc;
}

static int put_counted(struct sq_pickle *p, size_t n_bytes)
{
    uint64_t key = 0;
    const int rc = sq_pickle_take_count(p, n_bytes, &key);
    return rc == SQ_OK ? put(p, key) : rc;
}

int sq_op_binput(struct sq_pickle *p)
{
    return put_counted(p, 1);
}

int sq_op_long_binput(struct sq_pickle *p)
{
    return put_counted(p, 4);
}

int sq_op_memoize(struct sq_pickle *p)
{
    return put(p, p->n_memo);
}

int sq_op_get(struct sq_pickle *p)
{
    uint64_t key = 0;
    const int rc = take_key(p, &key);
    return rc == SQ_OK ? get(p, key) : rc;
}

static int get_counted(struct sq_pickle *p, size_t n_bytes)
{
    uint64_t key = 0;
    const int rc = sq_pickle_take_count(p, n_bytes, &key);
    return rc == SQ_OK ? get(p, key) : rc;
}

int sq_op_binget(struct sq_pickle *p)
{
    return get_counted(p, 1);
}

int sq_op_long_binget(struct sq_pickle *p)
{
    return get_counted(p, 4);
}
