/* One table of kernels, filled once per context: scalar first, then whatever is better and
 * allowed, so that no pointer is ever NULL. */
#ifndef SQ_DISPATCH_H
#define SQ_DISPATCH_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/attend/attend.h"
#include "kernels/count/packet_count.h"
#include "kernels/count/ssa_count.h"
#include "kernels/dense/dense.h"
#include "kernels/lif/lif.h"
#include "kernels/limit/limit.h"
#include "kernels/masked/masked.h"
#include "kernels/neuron/neuron.h"
#include "kernels/overlap/overlap.h"
#include "kernels/overlap/subset.h"
#include "kernels/pack/list.h"
#include "kernels/real/real.h"
#include "kernels/spread/spread.h"

struct sq_kernels {
    sq_accumulate_f32_fn *accumulate_f32;
    sq_dense_f32_fn *dense_f32;
    sq_spread_f32_fn *spread_f32;
    sq_lif_f32_fn *lif_f32;
    sq_attend_fn *attend;
    sq_list_events_fn *list_events;
    sq_ssa_count_fn *ssa_count;
    sq_overlap_fn *overlap;
    sq_subset_fn *subset;
    sq_count_common_fn *count_common;
    sq_count_windows_fn *count_windows;
    sq_count_nonzeros_f32_fn *count_nonzeros_f32;
    sq_limit_f32_fn *limit_f32; /* of profiles and benchmarks alone */
    sq_limit_i16_fn *limit_i16;
    sq_limit_i32_fn *limit_i32;
    const char *isa; /* of the accumulate kernel: "scalar", "avx2", "avx512" or "neon" */
    /* Fixed point: the same operations in integers. */
    sq_accumulate_i8_fn *accumulate_i8;
    sq_accumulate_i16_fn *accumulate_i16;
    sq_accumulate_tile_fn *accumulate_tile;
    sq_widen_i8_fn *widen_i8;
    sq_add_tile_fn *add_tile;
    sq_dense_i16_fn *dense_i16;
    sq_spread_i16_fn *spread_i16;
    sq_lif_i16_fn *lif_i16;
    sq_lif_i32_fn *lif_i32;
    sq_attend_i32_fn *attend_i32;
    /* Of Spikformer's relatives: other neurons, streams of reals, grouped convolutions. */
    sq_neuron_f32_fn *neuron_f32;
    sq_multispike_f32_fn *multispike_f32;
    sq_neuron_i16_fn *neuron_i16;
    sq_neuron_i32_fn *neuron_i32;
    sq_multispike_i16_fn *multispike_i16;
    sq_multispike_i32_fn *multispike_i32;
    sq_real_current_f32_fn *real_current_f32;
    sq_real_add_f32_fn *real_add_f32;
    sq_real_max_f32_fn *real_max_f32;
    sq_real_sum_f32_fn *real_sum_f32;
    sq_real_current_i16_fn *real_current_i16;
    sq_real_current_i32_fn *real_current_i32;
    sq_real_add_i32_fn *real_add_i32;
    sq_real_max_i32_fn *real_max_i32;
    sq_real_sum_i32_fn *real_sum_i32;
    sq_masked_f32_fn *masked_f32;
    sq_masked_i8_fn *masked_i8;
    sq_masked_i16_fn *masked_i16;
};

/* The best kernels for the processor features (SQ_CPU_*, already restricted by --isa). */
void sq_kernels_choose(struct sq_kernels *kernels, unsigned features);

#endif
