/* One population of a SONATA spike file. */
#include "kernels/base/checked.h"
#include "traces/import/sonata_inside.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 4096, PATH_BYTES = SQ_TRACE_NAME_BYTES + 64 };

/* A population being read. */
struct train {
    size_t index;
    char group[PATH_BYTES], timestamps[PATH_BYTES], node_ids[PATH_BYTES];
    double ms_per_unit;
    double rounding;       /* of the timestamps by their type, relative */
    int is_coarse;         /* too coarse for a timestep; warned of */
    uint64_t size;         /* 0: not known */
    uint64_t n, n_neurons; /* events, largest id + 1 */
};

static int fail(const struct sq_sonata *sonata, const struct train *train, int code,
                const char *what)
{
    return sq_fail(sonata->err, code, "%s: %s: %s", sonata->recording->path, train->group, what);
}

static int read_units(const struct sq_sonata *sonata, struct train *train)
{
    static const struct {
        const char *name;
        double ms;
    } unit[] = {{"", 1},       {"ms", 1},         {"milliseconds", 1}, {"s", 1000},
                {"sec", 1000}, {"seconds", 1000}, {"us", 0.001},       {"microseconds", 0.001}};
    char text[32], what[96];
    sq_hdf5_text(sonata->file, train->timestamps, "units", text, sizeof text);
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
        if (strcmp(unit[i].name, text) == 0) {
            train->ms_per_unit = unit[i].ms;
            return SQ_OK;
        }
    snprintf(what, sizeof what, "timestamps in \"%s\"; ms, s and us are known", text);
    return fail(sonata, train, SQ_EUNSUPPORTED, what);
}

/* Times of float32 are rounded to 6e-8 of themselves: far from 0 that is more than a timestep. */
static int warn_of_rounding(const struct sq_sonata *sonata, struct train *train, double timestamp)
{
    train->is_coarse = 1;
    return sq_warn(
        sonata->err, "coarse-timestamps",
        "%s: %s: timestamp %.9g is stored to within %.2g only, and a timestep is %.3g; " SQ_OPT
        "dt gives a longer one, or store float64",
        sonata->recording->path, train->timestamps, timestamp, timestamp * train->rounding,
        sonata->want->dt_ms / train->ms_per_unit);
}

/* A spike that lies a millionth of a timestep before an edge belongs after it: k * dt / dt is not
 * always k. So does one that lies before it by the rounding of its type. */
static int step_of(const struct sq_sonata *sonata, struct train *train, double timestamp,
                   uint64_t *step)
{
    const double steps = timestamp * train->ms_per_unit / sonata->want->dt_ms;
    const double rounding = steps * train->rounding;
    char what[128];
    if (!(steps >= 0 && steps < 0x1p52)) {
        snprintf(what, sizeof what, "timestamp %.9g, expected a time, 0 or later", timestamp);
        return fail(sonata, train, SQ_EVALUE, what);
    }
    *step = (uint64_t)floor(steps + (rounding > 1e-6 ? rounding : 1e-6));
    if (sonata->timesteps == 0 && *step >= SQ_TRACE_MAX_TIMESTEPS) {
        snprintf(what, sizeof what,
                 "timestamp %.9g is timestep %" PRIu64 " of %d at most; " SQ_OPT
                 "dt gives a longer one",
                 timestamp, *step, SQ_TRACE_MAX_TIMESTEPS);
        return fail(sonata, train, SQ_EVALUE, what);
    }
    return rounding > 0.25 && !train->is_coarse ? warn_of_rounding(sonata, train, timestamp)
                                                : SQ_OK;
}

static int add_event(struct sq_sonata *sonata, struct train *train, double timestamp, int64_t id)
{
    const uint32_t timesteps = sonata->timesteps;
    const uint64_t last = (train->size > 0 ? train->size : SQ_TRACE_MAX_NEURONS) - 1;
    struct sq_event event = {.population = (uint32_t)train->index, .index = (uint32_t)id};
    uint64_t step = 0;
    char what[96];
    if (id < 0 || (uint64_t)id > last) {
        snprintf(what, sizeof what, "node id %" PRId64 ", expected 0 to %" PRIu64, id, last);
        return fail(sonata, train, SQ_EVALUE, what);
    }
    const int status = step_of(sonata, train, timestamp, &step);
    if (status != SQ_OK)
        return status;
    event.sample = timesteps > 0 ? step / timesteps : 0;
    event.timestep = (uint32_t)(timesteps > 0 ? step % timesteps : step);
    if (step > sonata->last_step)
        sonata->last_step = step;
    if ((uint64_t)id >= train->n_neurons)
        train->n_neurons = (uint64_t)id + 1;
    return sq_events_add(sonata->err, sonata->recording->path, &sonata->events, &event);
}

static int read_events(struct sq_sonata *sonata, struct train *train)
{
    double timestamp[CHUNK];
    int64_t id[CHUNK];
    int status = SQ_OK;
    for (uint64_t at = 0; status == SQ_OK && at < train->n;) {
        const size_t n = train->n - at < CHUNK ? (size_t)(train->n - at) : CHUNK;
        status = sq_hdf5_read_f64(sonata->err, sonata->file, train->timestamps, at, n, timestamp);
        if (status == SQ_OK)
            status = sq_hdf5_read_i64(sonata->err, sonata->file, train->node_ids, at, n, id);
        for (size_t i = 0; status == SQ_OK && i < n; i++)
            status = add_event(sonata, train, timestamp[i], id[i]);
        at += n;
    }
    return status;
}

static int check_sizes(struct sq_sonata *sonata, struct train *train)
{
    uint64_t n_ids;
    int status = sq_hdf5_count(sonata->err, sonata->file, train->timestamps, &train->n);
    if (status == SQ_OK)
        status = sq_hdf5_count(sonata->err, sonata->file, train->node_ids, &n_ids);
    if (status == SQ_OK && n_ids != train->n)
        return fail(sonata, train, SQ_ESHAPE, "timestamps and node_ids differ in length");
    return status;
}

/* The size: as it is known beforehand, or as the file notes it. */
static void find_size(struct sq_sonata *sonata, struct train *train)
{
    uint64_t noted;
    train->size = sq_events_size_of(sonata->want, sonata->recording->population[train->index].name);
    if (train->size == 0 &&
        sq_hdf5_numbers(sonata->file, train->group, "neurons", &noted, 1) == 1 &&
        noted <= SQ_TRACE_MAX_NEURONS)
        train->size = noted;
}

/* The shape that the file notes, if it has as many elements; else [neurons]. */
static void set_shape(struct sq_sonata *sonata, const struct train *train)
{
    struct sq_recorded_population *population = &sonata->recording->population[train->index];
    uint64_t dim[SQ_TRACE_MAX_DIMS];
    size_t elements;
    const size_t n = sq_hdf5_numbers(sonata->file, train->group, "shape", dim, SQ_TRACE_MAX_DIMS);
    sq_events_set_size(population, sonata->want, train->size > 0 ? train->size : train->n_neurons);
    if (n == 0 || !sq_mul_dims(dim, n, &elements) || elements != population->dim[0])
        return;
    population->n_dims = (uint32_t)n;
    memcpy(population->dim, dim, n * sizeof dim[0]);
}

int sq_sonata_population(const char *name, void *data)
{
    struct sq_sonata *sonata = data;
    struct train train = {.n = 0};
    int status =
        sq_events_population(sonata->err, sonata->recording, sonata->want, name, &train.index);
    if (status != SQ_OK)
        return status;
    snprintf(train.group, sizeof train.group, "/spikes/%s", name);
    snprintf(train.timestamps, sizeof train.timestamps, "/spikes/%s/timestamps", name);
    snprintf(train.node_ids, sizeof train.node_ids, "/spikes/%s/node_ids", name);
    find_size(sonata, &train);
    status = check_sizes(sonata, &train);
    if (status == SQ_OK)
        status = read_units(sonata, &train);
    train.rounding = ldexp(1, -(int)sq_hdf5_precision(sonata->file, train.timestamps));
    if (status == SQ_OK)
        status = read_events(sonata, &train);
    if (status == SQ_OK)
        set_shape(sonata, &train);
    return status;
}
