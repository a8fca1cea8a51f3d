/* SONATA spike files: /spikes/<population>/{timestamps,node_ids}. They know no timesteps: a
 * timestamp belongs to timestep floor(t / dt). They know no samples either: with T given, timesteps
 * 0 .. T - 1 are the first sample, the next T the second. Events are ordered here, whatever the
 * attribute `sorting` promises. */
#include "traces/import/events.h"
#include "traces/import/hdf5_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096, PATH_BYTES = SQ_TRACE_NAME_BYTES + 64 };

static const char advice[] = "--dt gives a shorter timestep (in ms)";

struct sonata {
    struct sq_error *err;
    struct sq_recording *recording;
    const struct sq_recording_want *want;
    struct sq_hdf5 *file;
    struct sq_events events;
    uint64_t last_step;
};

/* A population being read. */
struct train {
    size_t index;
    char group[PATH_BYTES], timestamps[PATH_BYTES], node_ids[PATH_BYTES];
    double ms_per_unit;
    uint64_t n, n_neurons; /* events, largest id + 1 */
};

static int fail(const struct sonata *sonata, const struct train *train, int code, const char *what)
{
    return sq_fail(sonata->err, code, "%s: %s: %s", sonata->recording->path, train->group, what);
}

static int read_units(const struct sonata *sonata, struct train *train)
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

/* A spike that lies a millionth of a timestep before an edge belongs behind it: k * dt / dt is not
 * always k. */
static int step_of(const struct sonata *sonata, const struct train *train, double timestamp,
                   uint64_t *step)
{
    const double steps = timestamp * train->ms_per_unit / sonata->want->dt_ms;
    char what[128];
    if (!(steps >= 0 && steps < 0x1p52)) {
        snprintf(what, sizeof what, "timestamp %.9g, expected a time from 0 on", timestamp);
        return fail(sonata, train, SQ_EVALUE, what);
    }
    *step = (uint64_t)floor(steps + 1e-6);
    if (sonata->want->timesteps == 0 && *step >= SQ_TRACE_MAX_TIMESTEPS) {
        snprintf(what, sizeof what,
                 "timestamp %.9g is timestep %" PRIu64 " of %d at most; --dt gives a longer one",
                 timestamp, *step, SQ_TRACE_MAX_TIMESTEPS);
        return fail(sonata, train, SQ_EVALUE, what);
    }
    return SQ_OK;
}

static int add_event(struct sonata *sonata, struct train *train, double timestamp, int64_t id)
{
    const struct sq_recording_want *want = sonata->want;
    const char *name = sonata->recording->population[train->index].name;
    const uint64_t size = sq_events_size_of(want, name);
    const uint64_t last = (size > 0 ? size : SQ_TRACE_MAX_NEURONS) - 1;
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
    event.sample = want->timesteps > 0 ? step / want->timesteps : 0;
    event.timestep = (uint32_t)(want->timesteps > 0 ? step % want->timesteps : step);
    if (step > sonata->last_step)
        sonata->last_step = step;
    if ((uint64_t)id >= train->n_neurons)
        train->n_neurons = (uint64_t)id + 1;
    return sq_events_add(sonata->err, sonata->recording->path, &sonata->events, &event);
}

static int read_events(struct sonata *sonata, struct train *train)
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

static int check_sizes(struct sonata *sonata, struct train *train)
{
    uint64_t n_ids;
    int status = sq_hdf5_count(sonata->err, sonata->file, train->timestamps, &train->n);
    if (status == SQ_OK)
        status = sq_hdf5_count(sonata->err, sonata->file, train->node_ids, &n_ids);
    if (status == SQ_OK && n_ids != train->n)
        return fail(sonata, train, SQ_ESHAPE, "timestamps and node_ids differ in length");
    return status;
}

static int read_population(const char *name, void *data)
{
    struct sonata *sonata = data;
    struct train train = {.n = 0};
    int status =
        sq_events_population(sonata->err, sonata->recording, sonata->want, name, &train.index);
    if (status != SQ_OK)
        return status;
    snprintf(train.group, sizeof train.group, "/spikes/%s", name);
    snprintf(train.timestamps, sizeof train.timestamps, "/spikes/%s/timestamps", name);
    snprintf(train.node_ids, sizeof train.node_ids, "/spikes/%s/node_ids", name);
    status = check_sizes(sonata, &train);
    if (status == SQ_OK)
        status = read_units(sonata, &train);
    if (status == SQ_OK)
        status = read_events(sonata, &train);
    if (status == SQ_OK)
        sq_events_set_size(&sonata->recording->population[train.index], sonata->want,
                           train.n_neurons);
    return status;
}

/* Before populations had names, /spikes held the two datasets itself. */
static int check_layout(struct sonata *sonata)
{
    if (sq_hdf5_has(sonata->file, "/spikes/gids") || sq_hdf5_has(sonata->file, "/spikes/node_ids"))
        return sq_fail(sonata->err, SQ_EUNSUPPORTED,
                       "%s: /spikes holds datasets and no populations, as before SONATA 0.1; put "
                       "them into /spikes/<population>",
                       sonata->recording->path);
    return SQ_OK;
}

static int read_file(struct sonata *sonata)
{
    struct sq_recording *recording = sonata->recording;
    int status = sq_hdf5_open(sonata->err, recording->path, &sonata->file);
    if (status == SQ_OK)
        status = check_layout(sonata);
    if (status == SQ_OK)
        status = sq_hdf5_each(sonata->err, sonata->file, "/spikes", read_population, sonata);
    sq_hdf5_close(sonata->file);
    if (status == SQ_OK && sonata->events.n == 0)
        status = sq_fail(sonata->err, SQ_EFORMAT, "%s: holds no spike", recording->path);
    if (status == SQ_OK)
        status = sq_events_sort(sonata->err, recording, &sonata->events, advice);
    if (status != SQ_OK)
        return status;
    recording->timesteps =
        sonata->want->timesteps > 0 ? sonata->want->timesteps : (uint32_t)sonata->last_step + 1;
    while (sq_events_next(&sonata->events))
        recording->n_samples++;
    sonata->events.first = sonata->events.end = 0;
    return SQ_OK;
}

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    struct sq_events *events = recording->inside;
    (void)err;
    (void)i;
    sq_events_next(events);
    *out = (struct sq_recorded_sample){.id = events->event[events->first].sample, .label = -1};
    return SQ_OK;
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    (void)err;
    (void)i;
    sq_events_spikes(recording, recording->inside, p, as, bits);
    return SQ_OK;
}

static void close_sonata(struct sq_recording *recording)
{
    if (recording->inside != NULL)
        sq_events_free(recording->inside);
    free(recording->inside);
}

int sq_sonata_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {"SONATA spikes", 1,    read_sample,
                                                  read_spikes,     NULL, close_sonata};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    struct sonata sonata = {.err = err, .recording = recording, .want = want};
    struct sq_events *events = malloc(sizeof *events);
    status =
        events != NULL ? read_file(&sonata) : sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (events != NULL)
        *events = sonata.events;
    recording->inside = events;
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
