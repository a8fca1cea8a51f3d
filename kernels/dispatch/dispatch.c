#include "kernels/dispatch/dispatch.h"

#include "kernels/base/cpu.h"

void sq_kernels_choose(struct sq_kernels *kernels, unsigned features)
{
#define TAKE(field, function, needs, name)     \
    do {                                       \
        if ((features & (needs)) == (needs)) { \
            kernels->field = function;         \
            kernels->isa = name;               \
        }                                      \
    } while (0)

#define SQ_VARIANT(isa, needs)                                    \
    TAKE(dense_f32, sq_dense_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(dense_i16, sq_dense_i16_##isa, (unsigned)(needs), #isa);
#include "kernels/dense/dense.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                      \
    TAKE(spread_f32, sq_spread_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(spread_i16, sq_spread_i16_##isa, (unsigned)(needs), #isa);
#include "kernels/spread/spread.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                \
    TAKE(lif_f32, sq_lif_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(lif_i16, sq_lif_i16_##isa, (unsigned)(needs), #isa); \
    TAKE(lif_i32, sq_lif_i32_##isa, (unsigned)(needs), #isa);
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                    \
    TAKE(limit_f32, sq_limit_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(limit_i16, sq_limit_i16_##isa, (unsigned)(needs), #isa); \
    TAKE(limit_i32, sq_limit_i32_##isa, (unsigned)(needs), #isa);
#include "kernels/limit/limit.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                              \
    TAKE(attend, sq_attend_##isa, (unsigned)(needs), #isa); \
    TAKE(attend_i32, sq_attend_i32_##isa, (unsigned)(needs), #isa);
#include "kernels/attend/attend.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs) TAKE(list_events, sq_list_events_##isa, (unsigned)(needs), #isa);
#include "kernels/pack/list.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs) TAKE(ssa_count, sq_ssa_count_##isa, (unsigned)(needs), #isa);
#include "kernels/count/ssa_count.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                \
    TAKE(overlap, sq_overlap_##isa, (unsigned)(needs), #isa); \
    TAKE(subset, sq_subset_##isa, (unsigned)(needs), #isa);
#include "kernels/overlap/overlap.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                            \
    TAKE(count_common, sq_count_common_##isa, (unsigned)(needs), #isa);   \
    TAKE(count_windows, sq_count_windows_##isa, (unsigned)(needs), #isa); \
    TAKE(count_nonzeros_f32, sq_count_nonzeros_f32_##isa, (unsigned)(needs), #isa);
#include "kernels/count/packet_count.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                              \
    TAKE(neuron_f32, sq_neuron_f32_##isa, (unsigned)(needs), #isa);         \
    TAKE(multispike_f32, sq_multispike_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(neuron_i16, sq_neuron_i16_##isa, (unsigned)(needs), #isa);         \
    TAKE(neuron_i32, sq_neuron_i32_##isa, (unsigned)(needs), #isa);         \
    TAKE(multispike_i16, sq_multispike_i16_##isa, (unsigned)(needs), #isa); \
    TAKE(multispike_i32, sq_multispike_i32_##isa, (unsigned)(needs), #isa);
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                                  \
    TAKE(real_current_f32, sq_real_current_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(real_add_f32, sq_real_add_f32_##isa, (unsigned)(needs), #isa);         \
    TAKE(real_max_f32, sq_real_max_f32_##isa, (unsigned)(needs), #isa);         \
    TAKE(real_sum_f32, sq_real_sum_f32_##isa, (unsigned)(needs), #isa);         \
    TAKE(real_current_i16, sq_real_current_i16_##isa, (unsigned)(needs), #isa); \
    TAKE(real_current_i32, sq_real_current_i32_##isa, (unsigned)(needs), #isa); \
    TAKE(real_add_i32, sq_real_add_i32_##isa, (unsigned)(needs), #isa);         \
    TAKE(real_max_i32, sq_real_max_i32_##isa, (unsigned)(needs), #isa);         \
    TAKE(real_sum_i32, sq_real_sum_i32_##isa, (unsigned)(needs), #isa);
#include "kernels/real/real.inc"
#undef SQ_VARIANT
#define SQ_VARIANT(isa, needs)                                      \
    TAKE(masked_f32, sq_masked_f32_##isa, (unsigned)(needs), #isa); \
    TAKE(masked_i8, sq_masked_i8_##isa, (unsigned)(needs), #isa);   \
    TAKE(masked_i16, sq_masked_i16_##isa, (unsigned)(needs), #isa);
#include "kernels/masked/masked.inc"
#undef SQ_VARIANT
/* Last, so that `isa` names the synaptic kernel. */
#define SQ_VARIANT(isa, needs)                                                \
    TAKE(accumulate_i8, sq_accumulate_i8_##isa, (unsigned)(needs), #isa);     \
    TAKE(accumulate_i16, sq_accumulate_i16_##isa, (unsigned)(needs), #isa);   \
    TAKE(accumulate_tile, sq_accumulate_tile_##isa, (unsigned)(needs), #isa); \
    TAKE(widen_i8, sq_widen_i8_##isa, (unsigned)(needs), #isa);               \
    TAKE(add_tile, sq_add_tile_##isa, (unsigned)(needs), #isa);               \
    TAKE(accumulate_f32, sq_accumulate_f32_##isa, (unsigned)(needs), #isa);
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
#undef TAKE
}
