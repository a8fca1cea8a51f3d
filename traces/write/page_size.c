#include "traces/write/page_size.h"

#include "traces/format/frame.h"

/* Of a row besides its data: record header, the whole numbers, and the pointer to the cell. */
enum { ROW_BYTES = 30, PAGE_HEADER = 8, OVERFLOW_POINTER = 4, CELLS_OFF = 35 };

enum { SMALLEST = 4096, LARGEST = 65536 };

/* Samples that are tried; pages of the schema, of other tables and their indices. */
enum { LAID_OUT = 32, OTHER_PAGES = 9 };

/* How much of a record of `size` bytes lies in the leaf itself. */
static uint64_t local_bytes(uint64_t page, uint64_t size)
{
    const uint64_t most = page - CELLS_OFF, least = (page - 12) * 32 / 255 - 23;
    if (size <= most)
        return size;
    const uint64_t rest = least + (size - least) % (page - OVERFLOW_POINTER);
    return rest <= most ? rest : least;
}

/* Room left in the leaf that is being filled, and pages taken. */
struct leaf {
    uint64_t room, pages;
};

static void add_row(struct leaf *leaf, uint64_t page, uint64_t size)
{
    const uint64_t local = local_bytes(page, size);
    leaf->pages += (size - local + page - OVERFLOW_POINTER - 1) / (page - OVERFLOW_POINTER);
    if (local > leaf->room) {
        leaf->room = page - PAGE_HEADER;
        leaf->pages++;
    }
    leaf->room -= local;
}

uint64_t sq_page_bytes(const struct sq_trace_plan *plan, uint32_t page, unsigned sparser,
                       uint64_t n_samples)
{
    struct leaf leaf = {0, 0};
    for (uint64_t sample = 0; sample < n_samples; sample++)
        for (size_t p = 0; p < plan->n_populations; p++) {
            const struct sq_frame_shape shape = {plan->population[p].n_rows,
                                                 plan->population[p].n_channels};
            const uint64_t size = (sq_frame_bits_bytes(&shape) >> sparser) + ROW_BYTES;
            for (uint32_t t = 0; t < plan->timesteps; t++)
                add_row(&leaf, page, size);
        }
    return leaf.pages * page;
}

/* Most samples are sparse, but none may waste much: both count. A few samples are laid out, for one
 * alone would be rounded up to whole pages, which favours small ones; the other tables take a page
 * each, which favours small ones where there are few samples. */
static double badness(const struct sq_trace_plan *plan, uint32_t page)
{
    const uint64_t planned =
        plan->n_samples != SQ_TRACE_SAMPLES_UNKNOWN ? plan->n_samples : LAID_OUT;
    const uint64_t n = planned < LAID_OUT ? planned + 1 : LAID_OUT;
    const double times = (double)(planned + 1) / (double)n;
    const uint64_t dense = sq_page_bytes(plan, page, 0, n),
                   sparse = sq_page_bytes(plan, page, 1, n);
    return times * (double)(dense + sparse) + 2.0 * OTHER_PAGES * page;
}

uint32_t sq_page_size(const struct sq_trace_plan *plan)
{
    uint32_t best = LARGEST;
    for (uint32_t page = LARGEST / 2; page >= SMALLEST; page /= 2)
        if (badness(plan, page) < badness(plan, best))
            best = page;
    return best;
}
