/* The page size of a trace file: the one that wastes least on this network's frames and so many
 * samples. */
#ifndef SQ_PAGE_SIZE_H
#define SQ_PAGE_SIZE_H

#include "traces/format/trace.h"

/* Bytes of the pages that the frames of n_samples fill, if each has so many bytes of data as BITS,
 * shifted right by `sparser`; SQLite's rules for cells, leaves and overflow pages (file format
 * document, sections 1.5 and 1.6). `page` is a power of two in 512 .. 65536. */
uint64_t sq_page_bytes(const struct sq_trace_plan *plan, uint32_t page, unsigned sparser,
                       uint64_t n_samples);

/* 4096 .. 65536, for the samples that are planned. */
uint32_t sq_page_size(const struct sq_trace_plan *plan);

#endif
