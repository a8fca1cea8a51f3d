#include "sim/engine/feed.h"

static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    (void)lane;
    sq_input_seek(data, number);
    return sq_input_next(err, data, raw, label);
}

struct sq_feed sq_feed_of_input(struct sq_input *input)
{
    return (struct sq_feed){.first = sq_input_position(input),
                            .end = sq_input_count(input),
                            .enter = enter,
                            .data = input};
}

static int next_of_set(struct sq_error *err, void *data, struct sq_range *range)
{
    struct sq_set_ranges *ranges = data;
    (void)err;
    if (ranges->next == ranges->set->n)
        return SQ_FEED_OVER;
    *range = ranges->set->range[ranges->next++];
    return SQ_OK;
}

struct sq_ranges sq_ranges_of_set(struct sq_set_ranges *ranges, const struct sq_sample_set *set)
{
    *ranges = (struct sq_set_ranges){.set = set};
    return (struct sq_ranges){.next = next_of_set, .data = ranges};
}
