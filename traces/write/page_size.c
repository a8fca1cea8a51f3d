#include "traces/write/page_size.h"

#include "traces/format/frame.h"

/* Of a row besides its data: record header, the whole numbers, and the pointer to the cell. */
enum { ROW_BYTES = 30, PAGE_HEADER = 8, OVERFLOW_POINTER = 4, CELLS_OFF = 35 };

enum { SMALLEST = 4096, LARGEST = 65536 };

/* How much of a record of `size` bytes lies in the leaf itself. */
static uint64_t local_bytes(uint64_t page, uint64_t size)
{
    const uint64_t most = page - CELLS_OFF, least = (page - 12) * 32 / 255 - 23;
    if (size <= most)
        return size;
    const uint64_t rest = least + (size - least) % (page - OVERFLOW_POINTER);
    return rest <= most ? rest : least;
}

uint64_t sq_page_bytes(const struct sq_trace_plan *plan, uint32_t page, unsigned sparser)
{
    uint64_t pages = 0, room = 0;
    for (size_t p = 0; p < plan->n_populations; p++) {
        const struct sq_frame_shape shape = {plan->population[p].n_rows,
                                             plan->population[p].n_channels};
        const uint64_t size = (sq_frame_bits_bytes(&shape) >> sparser) + ROW_BYTES;
        const uint64_t local = local_bytes(page, size);
        for (uint32_t t = 0; t < plan->timesteps; t++) {
            pages += (size - local + page - OVERFLOW_POINTER - 1) / (page - OVERFLOW_POINTER);
            if (local > room) {
                room = page - PAGE_HEADER;
                pages++;
            }
            room -= local;
        }
    }
    return pages * page;
}

/* Most samples are sparse, but none may waste much: both count. */
static uint64_t badness(const struct sq_trace_plan *plan, uint32_t page)
{
    return sq_page_bytes(plan, page, 0) + sq_page_bytes(plan, page, 1);
}

uint32_t sq_page_size(const struct sq_trace_plan *plan)
{
    uint32_t best = LARGEST;
    for (uint32_t page = LARGEST / 2; page >= SMALLEST; page /= 2)
        if (badness(plan, page) < badness(plan, best))
            best = page;
    return best;
}
