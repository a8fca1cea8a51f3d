/* oneDNN: a matrix product or a convolution, in floats or of bytes into 32 bits (VNNI or AMX where
 * the processor has them). Weights are laid out as the library likes them best, which is not
 * counted; inputs and sums lie channel by channel, as spikes do. */
#include "test/bench/peer/peers.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

struct onednn {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_desc_t plan;
    dnnl_primitive_t primitive;
    dnnl_memory_t source, weight, sums;
    dnnl_exec_arg_t argument[3];
    size_t n_out;
    int is_int8;
    char detail[64];
};

static void onednn_free(void *state)
{
    struct onednn *s = state;
    dnnl_memory_destroy(s->source);
    dnnl_memory_destroy(s->weight);
    dnnl_memory_destroy(s->sums);
    dnnl_primitive_destroy(s->primitive);
    dnnl_primitive_desc_destroy(s->plan);
    dnnl_stream_destroy(s->stream);
    dnnl_engine_destroy(s->engine);
    free(s);
}

/* Memory descriptions: what lies where, of source, weights (as given, and as liked) and sums. */
struct layout {
    dnnl_memory_desc_t source, given, liked, sums;
};

static int lay_out(const struct dense_problem *p, int is_int8, struct layout *l)
{
    const dnnl_data_type_t in = is_int8 ? dnnl_u8 : dnnl_f32, w = is_int8 ? dnnl_s8 : dnnl_f32;
    const dnnl_data_type_t out = is_int8 ? dnnl_s32 : dnnl_f32;
    const dnnl_dim_t rows = (dnnl_dim_t)p->steps * p->height * p->width;
    const dnnl_dim_t k = p->kernel, i = p->c_in, o = p->c_out;
    if (k == 1) {
        const dnnl_dims_t source = {rows, i}, weight = {i, o}, sums = {rows, o};
        return dnnl_memory_desc_init_by_tag(&l->source, 2, source, in, dnnl_ab) ||
               dnnl_memory_desc_init_by_tag(&l->given, 2, weight, w, dnnl_ba) ||
               dnnl_memory_desc_init_by_tag(&l->liked, 2, weight, w, dnnl_format_tag_any) ||
               dnnl_memory_desc_init_by_tag(&l->sums, 2, sums, out, dnnl_ab);
    }
    const dnnl_dims_t source = {p->steps, i, p->height, p->width}, weight = {o, i, k, k};
    const dnnl_dims_t sums = {p->steps, o, p->height, p->width};
    return dnnl_memory_desc_init_by_tag(&l->source, 4, source, in, dnnl_nhwc) ||
           dnnl_memory_desc_init_by_tag(&l->given, 4, weight, w, dnnl_ohwi) ||
           dnnl_memory_desc_init_by_tag(&l->liked, 4, weight, w, dnnl_format_tag_any) ||
           dnnl_memory_desc_init_by_tag(&l->sums, 4, sums, out, dnnl_nhwc);
}

static int plan(struct onednn *s, const struct dense_problem *p, const struct layout *l)
{
    static const dnnl_dims_t one = {1, 1};
    dnnl_matmul_desc_t product;
    dnnl_convolution_desc_t convolution;
    const void *wanted = p->kernel == 1 ? (const void *)&product : (const void *)&convolution;
    const int described =
        p->kernel == 1
            ? dnnl_matmul_desc_init(&product, &l->source, &l->liked, NULL, &l->sums)
            : dnnl_convolution_forward_desc_init(&convolution, dnnl_forward_inference,
                                                 dnnl_convolution_direct, &l->source, &l->liked,
                                                 NULL, &l->sums, one, one, one);
    return described || dnnl_primitive_desc_create(&s->plan, wanted, NULL, s->engine, NULL) ||
           dnnl_primitive_create(&s->primitive, s->plan);
}

/* n bytes or floats of `from` into memory of the library. */
static int fill(dnnl_memory_t memory, int is_int8, const void *from, int is_signed, size_t n)
{
    void *to;
    if (dnnl_memory_get_data_handle(memory, &to))
        return 1;
    for (size_t i = 0; i < n && !is_int8; i++)
        ((float *)to)[i] =
            is_signed ? ((const signed char *)from)[i] : ((const unsigned char *)from)[i];
    if (is_int8)
        memcpy(to, from, n);
    return 0;
}

/* Weights as they are given, turned into what the plan likes. */
static int pack(struct onednn *s, const struct dense_problem *p, const struct layout *l)
{
    dnnl_memory_t given = NULL;
    dnnl_primitive_desc_t turn_plan = NULL;
    dnnl_primitive_t turn = NULL;
    const dnnl_memory_desc_t *liked =
        dnnl_primitive_desc_query_md(s->plan, dnnl_query_weights_md, 0);
    int failed =
        dnnl_memory_create(&s->weight, liked, s->engine, DNNL_MEMORY_ALLOCATE) ||
        dnnl_memory_create(&given, &l->given, s->engine, DNNL_MEMORY_ALLOCATE) ||
        fill(given, s->is_int8, p->weight, 1, (size_t)p->kernel * p->kernel * p->c_in * p->c_out) ||
        dnnl_reorder_primitive_desc_create(&turn_plan, &l->given, s->engine, liked, s->engine,
                                           NULL) ||
        dnnl_primitive_create(&turn, turn_plan);
    const dnnl_exec_arg_t argument[2] = {{DNNL_ARG_FROM, given}, {DNNL_ARG_TO, s->weight}};
    failed = failed || dnnl_primitive_execute(turn, s->stream, 2, argument) ||
             dnnl_stream_wait(s->stream);
    dnnl_primitive_destroy(turn);
    dnnl_primitive_desc_destroy(turn_plan);
    dnnl_memory_destroy(given);
    return failed;
}

static int set_up(struct onednn *s, const struct dense_problem *p)
{
    struct layout l;
    const char *kernel = "";
    const size_t rows = (size_t)p->steps * p->height * p->width;
    if (dnnl_engine_create(&s->engine, dnnl_cpu, 0) ||
        dnnl_stream_create(&s->stream, s->engine, dnnl_stream_default_flags) ||
        lay_out(p, s->is_int8, &l) || plan(s, p, &l) || pack(s, p, &l) ||
        dnnl_memory_create(&s->source, &l.source, s->engine, DNNL_MEMORY_ALLOCATE) ||
        dnnl_memory_create(&s->sums, &l.sums, s->engine, DNNL_MEMORY_ALLOCATE) ||
        fill(s->source, s->is_int8, p->spikes, 0, rows * p->c_in) ||
        dnnl_primitive_desc_query(s->plan, dnnl_query_impl_info_str, 0, &kernel))
        return 1;
    strncpy(s->detail, kernel, sizeof s->detail - 1);
    s->n_out = p->c_out;
    s->argument[0] = (dnnl_exec_arg_t){DNNL_ARG_SRC, s->source};
    s->argument[1] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, s->weight};
    s->argument[2] = (dnnl_exec_arg_t){DNNL_ARG_DST, s->sums};
    return 0;
}

static void *make(const struct dense_problem *p, int is_int8)
{
    struct onednn *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->is_int8 = is_int8;
    if (set_up(s, p))
        return onednn_free(s), NULL;
    return s;
}

static void *make_f32(const struct dense_problem *p)
{
    return make(p, 0);
}

static void *make_int8(const struct dense_problem *p)
{
    return make(p, 1);
}

static void onednn_run(void *state)
{
    struct onednn *s = state;
    dnnl_primitive_execute(s->primitive, s->stream, 3, s->argument);
    dnnl_stream_wait(s->stream);
}

static double onednn_output(const void *state, size_t row, size_t out)
{
    const struct onednn *s = state;
    void *sums = NULL;
    dnnl_memory_get_data_handle(s->sums, &sums);
    const size_t at = row * s->n_out + out;
    return s->is_int8 ? (double)((const int32_t *)sums)[at] : (double)((const float *)sums)[at];
}

static const char *onednn_detail(const void *state)
{
    return ((const struct onednn *)state)->detail;
}

const struct dense_peer peer_onednn_f32 = {"oneDNN f32",  make_f32,      onednn_run,
                                           onednn_output, onednn_detail, onednn_free};
const struct dense_peer peer_onednn_int8 = {"oneDNN int8", make_int8,     onednn_run,
                                            onednn_output, onednn_detail, onednn_free};
