#include "sim/engine/feed.h"

static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    (void)lane;
    (void)number;
    return sq_input_next(err, data, raw, label);
}

struct sq_feed sq_feed_of_input(struct sq_input *input)
{
    return (struct sq_feed){.first = sq_input_position(input),
                            .end = sq_input_count(input),
                            .enter = enter,
                            .data = input};
}
