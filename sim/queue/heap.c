#include "sim/queue/heap.h"

static int before(const struct sq_ready *a, const struct sq_ready *b)
{
    if (a->major != b->major)
        return a->major < b->major;
    if (a->minor != b->minor)
        return a->minor < b->minor;
    return a->order < b->order;
}

void sq_heap_push(struct sq_heap *heap, struct sq_ready ready)
{
    size_t at = heap->n++;
    for (; at > 0; at = (at - 1) / 2) {
        const size_t parent = (at - 1) / 2;
        if (!before(&ready, &heap->entry[parent]))
            break;
        heap->entry[at] = heap->entry[parent];
    }
    heap->entry[at] = ready;
}

struct sq_ready sq_heap_pop(struct sq_heap *heap)
{
    const struct sq_ready least = heap->entry[0], last = heap->entry[--heap->n];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->n)
            break;
        if (child + 1 < heap->n && before(&heap->entry[child + 1], &heap->entry[child]))
            child++;
        if (!before(&heap->entry[child], &last))
            break;
        heap->entry[at] = heap->entry[child];
        at = child;
    }
    heap->entry[at] = last;
    return least;
}
