/* The description of a trace file, read and checked. */
#include "kernels/base/checked.h"
#include "traces/format/codec.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"
#include "traces/read/trace_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_META = 4096 };

static int read_meta(const struct sq_trace_row *row, void *to)
{
    struct sq_trace_meta *meta = to;
    meta->key = sq_trace_row_text(row, 0);
    meta->value = sq_trace_row_text(row, 1);
    return meta->key != NULL && meta->value != NULL
               ? SQ_OK
               : sq_trace_row_refuse(row, "is not text, or is far too long");
}

/* "[4,8,8]" -> dim; 0 if it is nothing of the kind. */
static int parse_shape(const char *text, struct sq_trace_population *p)
{
    if (*text++ != '[')
        return 0;
    while (*text != ']') {
        char *end;
        errno = 0;
        if (*text < '1' || *text > '9' || p->n_dims == SQ_TRACE_MAX_DIMS)
            return 0;
        p->dim[p->n_dims++] = strtoull(text, &end, 10);
        if (errno != 0 || (*end != ',' && *end != ']') || (*end == ',' && end[1] == ']'))
            return 0;
        text = end + (*end == ',');
    }
    return text[1] == '\0' && p->n_dims > 0;
}

static int is_plain_name(const char *name)
{
    return name[0] != '\0' && strpbrk(name, "\n\r\t/\\") == NULL && name[0] != '.';
}

static int read_population(const struct sq_trace_row *row, void *to)
{
    struct sq_trace_population *p = to;
    char kind[32], shape[SQ_SHAPE_TEXT], axes[32];
    uint64_t n_rows, n_channels, neurons;
    size_t elements;
    *p = (struct sq_trace_population){.n_dims = 0};
    if (!sq_trace_row_is_numbered(row) || !sq_trace_row_copy(row, 1, p->name, sizeof p->name) ||
        !is_plain_name(p->name) || !sq_trace_row_copy(row, 2, kind, sizeof kind) ||
        !sq_trace_row_copy(row, 3, shape, sizeof shape) ||
        !sq_trace_row_copy(row, 4, axes, sizeof axes))
        return sq_trace_row_refuse(row,
                                   "its number, name, kind, shape or axes is missing or invalid");
    const int found = sq_trace_kind_find(kind);
    p->kind = (enum sq_trace_kind)found;
    p->channels_first = strcmp(axes, "channels_first") == 0;
    if (found < 0 || strcmp(axes, sq_trace_axes_name(p)) != 0 || !parse_shape(shape, p))
        return sq_trace_row_refuse(row, "its kind, shape or axes is unknown");
    if (!sq_trace_row_number(row, 5, SQ_TRACE_MAX_NEURONS, &n_rows) ||
        !sq_trace_row_number(row, 6, SQ_TRACE_MAX_NEURONS, &n_channels) ||
        !sq_trace_row_number(row, 7, SQ_TRACE_MAX_NEURONS, &neurons) || neurons == 0 ||
        n_rows * n_channels != neurons || !sq_mul_dims(p->dim, p->n_dims, &elements) ||
        elements != neurons)
        return sq_trace_row_refuse(row, "its sizes do not fit together");
    p->n_rows = (uint32_t)n_rows;
    p->n_channels = (uint32_t)n_channels;
    p->threshold = sqlite3_column_double(row->statement, 8); /* 0 for NULL */
    return isfinite(p->threshold) ? SQ_OK
                                  : sq_trace_row_refuse(row, "its threshold is not a number");
}

static int read_synapse(const struct sq_trace_row *row, void *to)
{
    struct sq_trace_synapse *s = to;
    if (sq_trace_row_is_numbered(row) && sq_trace_row_copy(row, 1, s->name, sizeof s->name) &&
        sq_trace_row_copy(row, 2, s->kind, sizeof s->kind) &&
        sq_trace_row_copy(row, 3, s->source, sizeof s->source) &&
        sq_trace_row_copy(row, 4, s->target, sizeof s->target) &&
        sq_trace_row_number(row, 5, INT64_MAX, &s->n_in) &&
        sq_trace_row_number(row, 6, INT64_MAX, &s->n_out) &&
        sq_trace_row_number(row, 7, INT64_MAX, &s->dense) &&
        sq_trace_row_number(row, 8, INT64_MAX, &s->weight_zeros))
        return SQ_OK;
    return sq_trace_row_refuse(row, "its number, name, kind, ends or sizes is missing or invalid");
}

/* A required meta entry; NULL after a refusal. */
static const char *need(struct sq_error *err, const struct sq_trace *trace, const char *key)
{
    const char *value = sq_trace_meta(trace, key);
    if (value == NULL)
        sq_fail(err, SQ_EFORMAT, "%s: table meta has no %s; is not a whole trace",
                trace->store.path, key);
    return value;
}

static int number_of(struct sq_error *err, const struct sq_trace *trace, const char *key,
                     uint64_t most, uint64_t *value)
{
    const char *text = need(err, trace, key);
    char *end;
    if (text == NULL)
        return SQ_EFORMAT;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *value > most)
        return sq_fail(err, SQ_EFORMAT, "%s: meta %s = %s, expected a whole number up to %llu",
                       trace->store.path, key, text, (unsigned long long)most);
    return SQ_OK;
}

static int read_choices(struct sq_error *err, struct sq_trace *trace)
{
    const char *detail = need(err, trace, "detail");
    const char *codec = detail != NULL ? need(err, trace, "codec") : NULL;
    const char *complete = codec != NULL ? need(err, trace, "complete") : NULL;
    if (complete == NULL)
        return SQ_EFORMAT;
    trace->plan.detail = strcmp(detail, "counts") == 0 ? SQ_TRACE_COUNTS : SQ_TRACE_SPIKES;
    trace->is_complete = strcmp(complete, "1") == 0;
    const int found = sq_codec_find(codec);
    trace->plan.codec = (enum sq_trace_codec)found;
    if (found < 0 || strcmp(detail, sq_trace_detail_name(trace->plan.detail)) != 0)
        return sq_fail(err, SQ_EFORMAT, "%s: meta detail = %s, codec = %s: unknown",
                       trace->store.path, detail, codec);
    return SQ_OK;
}

static int read_length(struct sq_error *err, struct sq_trace *trace)
{
    const char *noted = sq_trace_meta(trace, "samples");
    trace->plan.n_samples = SQ_TRACE_SAMPLES_UNKNOWN;
    return noted != NULL && strcmp(noted, SQ_META_UNKNOWN) == 0
               ? SQ_OK
               : number_of(err, trace, "samples", INT64_MAX, &trace->plan.n_samples);
}

static int check_digest(struct sq_error *err, const struct sq_trace *trace)
{
    char digest[SQ_DIGEST_TEXT];
    const char *noted = need(err, trace, "description");
    if (noted == NULL)
        return SQ_EFORMAT;
    const int status = sq_description_digest(err, &trace->plan, digest);
    if (status != SQ_OK)
        return status;
    if (strcmp(digest, noted) != 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: its description is not what was recorded: the digest is wrong; the "
                       "file was damaged or edited",
                       trace->store.path);
    return SQ_OK;
}

int sq_trace_read_plan(struct sq_error *err, struct sq_trace *trace)
{
    static const struct sq_trace_table meta = {
        "meta",   SQ_TRACE_COUNT("meta", "4097"), "SELECT key, value FROM meta ORDER BY key",
        MAX_META, sizeof(struct sq_trace_meta),   read_meta};
    static const struct sq_trace_table population = {"population",
                                                     SQ_TRACE_COUNT("population", "4097"),
                                                     "SELECT * FROM population ORDER BY id",
                                                     SQ_TRACE_MAX_POPULATIONS,
                                                     sizeof(struct sq_trace_population),
                                                     read_population};
    static const struct sq_trace_table synapse = {"synapse",
                                                  SQ_TRACE_COUNT("synapse", "4097"),
                                                  "SELECT * FROM synapse ORDER BY id",
                                                  SQ_TRACE_MAX_SYNAPSES,
                                                  sizeof(struct sq_trace_synapse),
                                                  read_synapse};
    struct sq_trace_plan *plan = &trace->plan;
    uint64_t timesteps = 0;
    int status = sq_trace_read_table(err, trace, &meta, &plan->meta, &plan->n_meta);
    if (status == SQ_OK)
        status =
            sq_trace_read_table(err, trace, &population, &plan->population, &plan->n_populations);
    if (status == SQ_OK)
        status = sq_trace_read_table(err, trace, &synapse, &plan->synapse, &plan->n_synapses);
    if (status == SQ_OK && plan->version > SQ_TRACE_OLDEST_VERSION)
        status = sq_trace_read_graph(err, trace);
    if (status == SQ_OK)
        status = number_of(err, trace, "timesteps", SQ_TRACE_MAX_TIMESTEPS, &timesteps);
    if (status == SQ_OK)
        status = read_length(err, trace);
    plan->timesteps = (uint32_t)timesteps;
    if (status == SQ_OK && timesteps == 0)
        status = sq_fail(err, SQ_EFORMAT, "%s: meta timesteps = 0", trace->store.path);
    if (status == SQ_OK)
        status = read_choices(err, trace);
    return status == SQ_OK ? check_digest(err, trace) : status;
}

const char *sq_trace_meta(const struct sq_trace *trace, const char *key)
{
    for (size_t i = 0; i < trace->plan.n_meta; i++)
        if (strcmp(trace->plan.meta[i].key, key) == 0)
            return trace->plan.meta[i].value;
    return NULL;
}

int64_t sq_trace_find(const struct sq_trace *trace, const char *name)
{
    for (size_t i = 0; i < trace->plan.n_populations; i++)
        if (strcmp(trace->plan.population[i].name, name) == 0)
            return (int64_t)i;
    return -1;
}
