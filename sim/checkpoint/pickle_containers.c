/* Opcodes that build tuples, lists, dicts and sets. */
#include "sim/checkpoint/pickle_machine.h"

/* Move what lies on the stack from `first` on to a container. */
static int append_from(struct sq_pickle *p, uint32_t container, size_t first)
{
    for (size_t i = first; i < p->stack.n; i++) {
        const int rc = sq_pickle_append(p, container, p->stack.id[i]);
        if (rc != SQ_OK)
            return rc;
    }
    p->stack.n = first;
    return SQ_OK;
}

/* A new container of the stack's values from `first` on, in their place. */
static int push_container(struct sq_pickle *p, enum sq_pickle_kind kind, size_t first)
{
    uint32_t id;
    int rc = sq_pickle_new(p, (struct sq_pickle_value){.kind = (uint8_t)kind}, &id);
    if (rc == SQ_OK)
        rc = append_from(p, id, first);
    return rc == SQ_OK ? sq_pickle_push(p, id) : rc;
}

static int push_container_to_mark(struct sq_pickle *p, enum sq_pickle_kind kind)
{
    size_t first;
    const int rc = sq_pickle_to_mark(p, &first);
    if (rc != SQ_OK)
        return rc;
    if (kind == SQ_PICKLE_DICT && (p->stack.n - first) % 2 != 0)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: a dict with a key but no value");
    return push_container(p, kind, first);
}

static int push_tuple_of(struct sq_pickle *p, size_t n)
{
    if (p->stack.n - sq_pickle_floor(p) < n)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: the pickle takes more than it pushed");
    return push_container(p, SQ_PICKLE_TUPLE, p->stack.n - n);
}

int sq_op_empty_tuple(struct sq_pickle *p)
{
    return push_tuple_of(p, 0);
}

int sq_op_tuple1(struct sq_pickle *p)
{
    return push_tuple_of(p, 1);
}

int sq_op_tuple2(struct sq_pickle *p)
{
    return push_tuple_of(p, 2);
}

int sq_op_tuple3(struct sq_pickle *p)
{
    return push_tuple_of(p, 3);
}

int sq_op_tuple(struct sq_pickle *p)
{
    return push_container_to_mark(p, SQ_PICKLE_TUPLE);
}

int sq_op_empty_list(struct sq_pickle *p)
{
    return push_container(p, SQ_PICKLE_LIST, p->stack.n);
}

int sq_op_list(struct sq_pickle *p)
{
    return push_container_to_mark(p, SQ_PICKLE_LIST);
}

int sq_op_empty_dict(struct sq_pickle *p)
{
    return push_container(p, SQ_PICKLE_DICT, p->stack.n);
}

int sq_op_dict(struct sq_pickle *p)
{
    return push_container_to_mark(p, SQ_PICKLE_DICT);
}

/* Add the stack's values from `first` on to the container under them. Inert ones (sets, Counter)
 * swallow them. */
static int extend(struct sq_pickle *p, enum sq_pickle_kind kind, size_t first)
{
    if (first <= sq_pickle_floor(p))
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: nothing to add to");
    const uint32_t container = p->stack.id[first - 1];
    const uint8_t found = p->value[container].kind;
    if (found == SQ_PICKLE_INERT) {
        p->stack.n = first;
        return SQ_OK;
    }
    if (found != kind)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: items are added to what cannot hold them");
    if (kind == SQ_PICKLE_DICT && (p->stack.n - first) % 2 != 0)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: a dict with a key but no value");
    return append_from(p, container, first);
}

static int extend_to_mark(struct sq_pickle *p, enum sq_pickle_kind kind)
{
    size_t first;
    const int rc = sq_pickle_to_mark(p, &first);
    return rc == SQ_OK ? extend(p, kind, first) : rc;
}

static int extend_by(struct sq_pickle *p, enum sq_pickle_kind kind, size_t n)
{
    if (p->stack.n - sq_pickle_floor(p) < n)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: the pickle takes more than it pushed");
    return extend(p, kind, p->stack.n - n);
}

int sq_op_append(struct sq_pickle *p)
{
    return extend_by(p, SQ_PICKLE_LIST, 1);
}

int sq_op_appends(struct sq_pickle *p)
{
    return extend_to_mark(p, SQ_PICKLE_LIST);
}

int sq_op_setitem(struct sq_pickle *p)
{
    return extend_by(p, SQ_PICKLE_DICT, 2);
}

int sq_op_setitems(struct sq_pickle *p)
{
    return extend_to_mark(p, SQ_PICKLE_DICT);
}

/* Sets have no order and no names: no tensor of a network lies in one. */
int sq_op_empty_set(struct sq_pickle *p)
{
    return sq_pickle_push(p, SQ_PICKLE_VALUE_INERT);
}

int sq_op_additems(struct sq_pickle *p)
{
    return extend_to_mark(p, SQ_PICKLE_INERT);
}

int sq_op_frozenset(struct sq_pickle *p)
{
    const int rc = sq_op_pop_mark(p);
    return rc == SQ_OK ? sq_pickle_push(p, SQ_PICKLE_VALUE_INERT) : rc;
}
