/* SONATA spike files: /spikes/<population>/{timestamps,node_ids}. They know no timesteps: a
 * timestamp belongs to timestep floor(t / dt). They know no samples either: with T given, timesteps
 * 0 .. T - 1 are sample 0, the next T sample 1. Events are ordered here, whatever the attribute
 * `sorting` promises. What `spikeq export` notes outside the layout is used where it is there:
 * sizes and shapes of populations, T, which samples there are. */
#include "traces/import/sonata_inside.h"

#include <inttypes.h>
#include <stdlib.h>

static const char advice[] = SQ_OPT "dt gives a shorter timestep (in ms)";

/* Before populations had names, /spikes held the two datasets itself. */
static int check_layout(struct sq_sonata *sonata)
{
    if (sq_hdf5_has(sonata->file, "/spikes/gids") || sq_hdf5_has(sonata->file, "/spikes/node_ids"))
        return sq_fail(sonata->err, SQ_EUNSUPPORTED,
                       "%s: /spikes holds datasets and no populations, as before SONATA 0.1; put "
                       "them into /spikes/<population>",
                       sonata->recording->path);
    return SQ_OK;
}

/* T, as it is known beforehand or noted in the file. */
static void find_timesteps(struct sq_sonata *sonata)
{
    uint64_t noted;
    sonata->timesteps = sonata->want->timesteps;
    if (sonata->timesteps == 0 &&
        sq_hdf5_numbers(sonata->file, "/spikeq", "timesteps", &noted, 1) == 1 && noted > 0 &&
        noted <= SQ_TRACE_MAX_TIMESTEPS)
        sonata->timesteps = (uint32_t)noted;
}

/* Which samples there are, if the file notes it: ascending ids. */
static int read_samples(struct sq_sonata *sonata)
{
    struct sq_recording *recording = sonata->recording;
    uint64_t n;
    if (!sq_hdf5_has(sonata->file, "/spikeq/samples") || sonata->timesteps == 0)
        return SQ_OK;
    int status = sq_hdf5_count(sonata->err, sonata->file, "/spikeq/samples", &n);
    if (status != SQ_OK || n == 0)
        return status;
    sonata->id = sq_arena_alloc(&recording->arena, (size_t)n, sizeof *sonata->id);
    if (sonata->id == NULL)
        return sq_fail(sonata->err, SQ_ENOMEM, "%s: out of memory", recording->path);
    recording->n_samples = n;
    status =
        sq_hdf5_read_i64(sonata->err, sonata->file, "/spikeq/samples", 0, (size_t)n, sonata->id);
    for (uint64_t i = 0; status == SQ_OK && i < n; i++)
        if (sonata->id[i] < 0 || (i > 0 && sonata->id[i] <= sonata->id[i - 1]))
            status = sq_fail(sonata->err, SQ_EFORMAT, "%s: /spikeq/samples do not ascend",
                             recording->path);
    return status;
}

/* The samples are those noted, all of them; else those that have spikes. */
static int count_samples(struct sq_sonata *sonata)
{
    struct sq_recording *recording = sonata->recording;
    struct sq_events *events = &sonata->events;
    if (sonata->id == NULL)
        while (sq_events_next(events))
            recording->n_samples++;
    else
        for (uint64_t i = 0; i < recording->n_samples; i++)
            sq_events_next_of(events, (uint64_t)sonata->id[i]);
    if (events->end < events->n)
        return sq_fail(sonata->err, SQ_EFORMAT,
                       "%s: sample %" PRIu64 " has spikes, but /spikeq/samples does not list it",
                       recording->path, events->event[events->end].sample);
    events->first = events->end = 0;
    return SQ_OK;
}

static int read_open_file(struct sq_sonata *sonata)
{
    int status = check_layout(sonata);
    find_timesteps(sonata);
    if (status == SQ_OK)
        status = read_samples(sonata);
    if (status == SQ_OK)
        status = sq_hdf5_each(sonata->err, sonata->file, "/spikes", sq_sonata_population, sonata);
    if (status == SQ_OK)
        status = sq_hdf5_check(sonata->err, sonata->file);
    return status;
}

static int read_file(struct sq_sonata *sonata)
{
    struct sq_recording *recording = sonata->recording;
    int status = sq_hdf5_open(sonata->err, recording->path, &sonata->file);
    if (status == SQ_OK)
        status = read_open_file(sonata);
    sq_hdf5_close(sonata->file);
    if (status == SQ_OK &&
        (recording->n_populations == 0 || (sonata->events.n == 0 && sonata->id == NULL)))
        status = sq_fail(sonata->err, SQ_EFORMAT, "%s: holds no spike", recording->path);
    if (status == SQ_OK)
        status = sq_events_sort(sonata->err, recording, &sonata->events, advice);
    if (status != SQ_OK)
        return status;
    recording->timesteps =
        sonata->timesteps > 0 ? sonata->timesteps : (uint32_t)sonata->last_step + 1;
    return count_samples(sonata);
}

/* State of an open file. */
struct kept {
    struct sq_events events;
    const int64_t *id;
};

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    struct kept *kept = recording->inside;
    (void)err;
    *out = (struct sq_recorded_sample){.label = -1};
    if (kept->id != NULL) {
        out->id = (uint64_t)kept->id[i];
        sq_events_next_of(&kept->events, out->id);
    } else {
        sq_events_next(&kept->events);
        out->id = kept->events.event[kept->events.first].sample;
    }
    return SQ_OK;
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    const struct kept *kept = recording->inside;
    (void)err;
    (void)i;
    sq_events_spikes(recording, &kept->events, p, as, bits);
    return SQ_OK;
}

static int read_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    const struct kept *kept = recording->inside;
    (void)i;
    return sq_events_values(err, recording, &kept->events, p, as, value);
}

static void close_sonata(struct sq_recording *recording)
{
    struct kept *kept = recording->inside;
    if (kept != NULL)
        sq_events_free(&kept->events);
    free(kept);
}

int sq_sonata_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {"SONATA spikes", 1,           read_sample,
                                                  read_spikes,     read_values, close_sonata};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    struct sq_sonata sonata = {.err = err, .recording = recording, .want = want};
    struct kept *kept = malloc(sizeof *kept);
    status = kept != NULL ? read_file(&sonata) : sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (kept != NULL)
        *kept = (struct kept){sonata.events, sonata.id};
    recording->inside = kept;
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
