/* A binary heap of ready firings: least key first, keys compared field by field, never equal. */
#ifndef SQ_HEAP_H
#define SQ_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct sq_ready {
    uint32_t major, minor; /* (timestep, node) or (node, timestep), as the schedule says */
    uint64_t order;        /* number of the sample in the run */
    uint32_t lane;
    uint16_t node;
};

struct sq_heap {
    struct sq_ready *entry; /* room for the most that can be ready: one per lane and node */
    size_t n;
};

/* O(log n), no allocation: the caller owns `entry` and its size. */
void sq_heap_push(struct sq_heap *heap, struct sq_ready ready);

/* Remove and return the least; the heap must not be empty. */
struct sq_ready sq_heap_pop(struct sq_heap *heap);

#endif
