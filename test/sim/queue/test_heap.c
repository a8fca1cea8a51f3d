/* The heap of ready firings: whatever is pushed and popped in whatever order, a pop gives the
 * least of what is inside, by (major, minor, order). */
#include "sim/queue/heap.h"
#include "test/unit.h"

#include <string.h>

enum { ROOM = 300, ROUNDS = 200 };

static int is_before(const struct sq_ready *a, const struct sq_ready *b)
{
    const uint64_t x[3] = {a->major, a->minor, a->order}, y[3] = {b->major, b->minor, b->order};
    for (int i = 0; i < 3; i++)
        if (x[i] != y[i])
            return x[i] < y[i];
    return 0;
}

/* Index of the least of n entries: brute force. */
static size_t least_of(const struct sq_ready *entry, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (is_before(&entry[i], &entry[least]))
            least = i;
    return least;
}

/* Few values of major and minor, so that ties are frequent; order makes keys unequal. */
static struct sq_ready draw(struct sq_rng *rng, uint64_t number)
{
    const uint64_t swap = number ^ 0x155; /* unequal, but not ascending */
    return (struct sq_ready){.major = (uint32_t)sq_rng_below(rng, 4),
                             .minor = (uint32_t)sq_rng_below(rng, 3) + UINT32_MAX - 2,
                             .order = swap << (number % 2 ? 33 : 0),
                             .lane = (uint32_t)number,
                             .node = (uint16_t)(number * 7)};
}

static void pop_and_compare(struct sq_heap *heap, struct sq_ready *model, size_t *n, int round)
{
    const size_t want = least_of(model, *n);
    const struct sq_ready got = sq_heap_pop(heap);
    ck_assert_msg(got.major == model[want].major && got.minor == model[want].minor &&
                      got.order == model[want].order && got.lane == model[want].lane &&
                      got.node == model[want].node,
                  "round %d: popped (%u,%u,%llu) of %zu", round, got.major, got.minor,
                  (unsigned long long)got.order, *n);
    model[want] = model[--*n];
    ck_assert_uint_eq(heap->n, *n);
}

START_TEST(pops_are_the_least)
{
    struct sq_rng rng = {(uint64_t)_i};
    struct sq_ready entry[ROOM], model[ROOM];
    struct sq_heap heap = {entry, 0};
    size_t n = 0;
    uint64_t number = 0;
    for (int round = 0; round < ROUNDS; round++)
        if (n == 0 || (n < ROOM && sq_rng_below(&rng, 5) < 3))
            sq_heap_push(&heap, model[n++] = draw(&rng, number++));
        else
            pop_and_compare(&heap, model, &n, round);
    while (n > 0)
        pop_and_compare(&heap, model, &n, ROUNDS);
}
END_TEST

START_TEST(each_field_decides_in_its_turn)
{
    const struct sq_ready ascending[] = {{0, 9, 9, 9, 9}, {1, 0, 5, 8, 8}, {1, 0, 6, 7, 7},
                                         {1, 1, 0, 6, 6}, {1, 1, 1, 5, 5}, {2, 0, 0, 4, 4}};
    enum { N = sizeof ascending / sizeof ascending[0] };
    for (size_t first = 0; first < N; first++) { /* pushed from any place on, downwards */
        struct sq_ready entry[N];
        struct sq_heap heap = {entry, 0};
        for (size_t i = 0; i < N; i++)
            sq_heap_push(&heap, ascending[(first + N - i) % N]);
        for (size_t i = 0; i < N; i++) {
            const struct sq_ready got = sq_heap_pop(&heap);
            ck_assert_uint_eq(got.lane, ascending[i].lane);
        }
    }
}
END_TEST

/* As the queue sizes it: exactly as many entries as are pushed, canaries behind. */
START_TEST(stays_within_its_entries)
{
    struct sq_rng rng = {77};
    struct sq_ready entry[9];
    memset(entry, 0x5a, sizeof entry);
    struct sq_heap heap = {entry, 0};
    for (uint64_t i = 0; i < 8; i++)
        sq_heap_push(&heap, draw(&rng, i));
    while (heap.n > 0)
        (void)sq_heap_pop(&heap);
    const unsigned char *canary = (const unsigned char *)&entry[8];
    for (size_t i = 0; i < sizeof entry[8]; i++)
        ck_assert_uint_eq(canary[i], 0x5a);
}
END_TEST

static Suite *heap_suite(void)
{
    Suite *suite = suite_create("heap");
    TCase *tests = tcase_create("order");
    tcase_add_loop_test(tests, pops_are_the_least, 0, 20);
    tcase_add_test(tests, each_field_decides_in_its_turn);
    tcase_add_test(tests, stays_within_its_entries);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(heap_suite())
