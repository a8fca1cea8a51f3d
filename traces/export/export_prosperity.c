/* What enters each layer, for one sample, in the form of the Prosperity simulator. */
#include "kernels/base/arena.h"
#include "traces/export/export.h"
#include "traces/export/prosperity_keys.h"
#include "traces/files/npz_file.h"

#include <string.h>

/* What the arrays are made from, while the archive is written. */
struct sources {
    struct sq_event_reader *reader;
    const struct sq_selection *selection;
};

struct member_source {
    const struct sources *sources;
    const struct sq_prosperity_key *key;
};

/* Set the pixels whose 3x3 window, of stride 2 and padding 1, holds pixel (y, x) of a width x ...
 * image. `plane` is [height][width] of the pooled image. */
static void pool(const struct sq_prosperity_key *key, uint32_t row, size_t base, size_t step,
                 uint32_t width, unsigned char *out)
{
    const uint32_t y = row / width, x = row % width;
    for (uint32_t py = y / 2; py <= (y + 1) / 2 && py < key->height; py++)
        for (uint32_t px = x / 2; px <= (x + 1) / 2 && px < key->width; px++)
            out[base + step * (py * key->width + px)] = 1;
}

/* Set what one spike of population p, channel and row, is in the key's array. */
static void set(const struct sq_prosperity_key *key, const struct sq_trace_population *p,
                int is_pooled, uint32_t row, uint32_t channel, unsigned char *out)
{
    const uint32_t per_head = key->axes == SQ_PROSPERITY_HEADS ? key->n_channels / key->heads : 1;
    size_t base = channel, step = key->n_channels;
    if (key->axes == SQ_PROSPERITY_IMAGE) {
        base = (size_t)channel * key->n_rows;
        step = 1;
    } else if (key->axes == SQ_PROSPERITY_HEADS) {
        base = (size_t)(channel / per_head) * key->n_rows * per_head + channel % per_head;
        step = per_head;
    }
    if (is_pooled)
        pool(key, row, base, step, (uint32_t)p->dim[2], out);
    else
        out[base + step * row] = 1;
}

/* The frame of a population in a timestep. */
static int read_frame(struct sq_error *err, const struct sources *sources, uint32_t population,
                      uint64_t timestep, struct sq_frame_events *events)
{
    return sq_event_reader_at(err, sources->reader, sources->selection->sample[0], population,
                              (uint32_t)timestep, events);
}

/* Which channels the key's gate lets through. */
static int open_gate(struct sq_error *err, const struct member_source *from, uint64_t timestep)
{
    struct sq_frame_events events;
    const int status = read_frame(err, from->sources, (uint32_t)from->key->gate, timestep, &events);
    if (status != SQ_OK)
        return status;
    memset(from->key->open, 0, from->key->n_channels);
    for (size_t i = 0; i < events.n; i++)
        from->key->open[events.index[i]] = 1;
    return SQ_OK;
}

static int fill(struct sq_error *err, const void *data, uint64_t timestep, unsigned char *out)
{
    const struct member_source *from = data;
    const struct sq_prosperity_key *key = from->key;
    int status = key->open != NULL ? open_gate(err, from, timestep) : SQ_OK;
    for (size_t s = 0; status == SQ_OK && s < key->n_sources; s++) {
        const uint32_t number = key->source[s].population;
        const struct sq_trace_population *p = &from->sources->selection->plan->population[number];
        struct sq_frame_events events;
        status = read_frame(err, from->sources, number, timestep, &events);
        for (size_t i = 0; status == SQ_OK && i < events.n; i++) {
            const uint32_t index = events.index[i];
            const uint32_t row = p->channels_first ? index % p->n_rows : index / p->n_channels;
            const uint32_t channel = p->channels_first ? index / p->n_rows : index % p->n_channels;
            if (key->open == NULL || key->open[channel])
                set(key, p, key->source[s].is_pooled, row, channel, out);
        }
    }
    return status;
}

/* [T, ...] of a key: the axis of time is the one that comes first. */
static struct sq_npy_plan plan_of(const struct sq_prosperity_key *key, uint32_t timesteps)
{
    struct sq_npy_plan plan = {.name = key->name,
                               .type = SQ_NPY_BOOL,
                               .samples = timesteps,
                               .n_dims = 2,
                               .dim = {key->n_rows, key->n_channels}};
    if (key->axes == SQ_PROSPERITY_TOKENS)
        return plan;
    plan.n_dims = 3;
    plan.dim[0] = key->axes == SQ_PROSPERITY_IMAGE ? key->n_channels : key->heads;
    plan.dim[1] = key->axes == SQ_PROSPERITY_IMAGE ? key->height : key->n_rows;
    plan.dim[2] = key->axes == SQ_PROSPERITY_IMAGE ? key->width : key->n_channels / key->heads;
    return plan;
}

static int write_arrays(struct sq_error *err, const struct sources *sources,
                        const struct sq_output *output, const char *path,
                        const struct sq_export *export)
{
    struct sq_arena arena = {0};
    struct sq_prosperity_key *key;
    size_t n = 0;
    int status = sq_prosperity_keys(err, path, sources->selection, export, &arena, &key, &n);
    struct member_source *from = sq_arena_alloc(&arena, n, sizeof *from);
    struct sq_npz_array *member = sq_arena_alloc(&arena, n, sizeof *member);
    if (status == SQ_OK && (from == NULL || member == NULL))
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    for (size_t i = 0; status == SQ_OK && i < n; i++) {
        from[i] = (struct member_source){sources, &key[i]};
        member[i] = (struct sq_npz_array){plan_of(&key[i], sources->selection->plan->timesteps),
                                          fill, &from[i]};
    }
    if (status == SQ_OK)
        status = sq_npz_write(err, output, member, n);
    sq_arena_free(&arena);
    return status;
}

int sq_export_prosperity(struct sq_error *err, const struct sq_export *export)
{
    struct sources sources = {0};
    struct sq_output output;
    int status = sq_output_begin(err, &output, export->out, export->force);
    if (status != SQ_OK)
        return status;
    const char *path = sq_trace_path(export->trace);
    status = sq_event_reader_open(err, export->trace, export->globs, &export->range,
                                  SQ_EVENTS_BY_POPULATION, &sources.reader);
    if (status == SQ_OK) {
        sources.selection = sq_event_reader_selection(sources.reader);
        if (sources.selection->n_samples != 1)
            status =
                sq_fail(err, SQ_EUSAGE,
                        "%s: %zu samples are selected, Prosperity takes one: see " SQ_OPT "samples",
                        path, sources.selection->n_samples);
    }
    if (status == SQ_OK)
        status = write_arrays(err, &sources, &output, path, export);
    sq_event_reader_close(sources.reader);
    return sq_output_end(err, &output, status);
}
