#include "sim/import/pushed_recording.h"

#include "kernels/base/checked.h"
#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MAX_OPEN = 4096 };

/* One sample: in front of everything else that it holds, in one allocation. */
struct pushed_sample {
    struct pushed_sample *next; /* of the open ones, by id; of the idle ones */
    struct sq_recorded_sample about;
    float *logits;             /* [n_logits] */
    unsigned char *is_written; /* [n_populations][T] */
    unsigned char *frames;     /* of population p at offset[p], [T] frames of bits or values */
};

struct pushed {
    const struct sq_trace_plan *plan;
    size_t *plan_of;        /* [populations of the recording] number in the plan */
    size_t *offset, *frame; /* [plan populations] in frames; bytes of a frame */
    size_t logits_at, written_at, frames_at, bytes; /* of a sample's allocation */
    /* The writing thread's. */
    struct pushed_sample *open, *idle;
    size_t n_open;
    uint64_t n_finished, last; /* and the id of the last finished one */

    uv_mutex_t lock; /* of all below */
    uv_cond_t changed;
    struct pushed_sample *waiting, *current, *done; /* finished; being imported; to be idle again */
    int is_over, has_ended, status;
};

static struct pushed *inside(const struct sq_recording *recording)
{
    return recording->inside;
}

static int no_memory(struct sq_error *err, const struct sq_recording *recording)
{
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory for a sample", recording->path);
}

/* ---- The importing thread's side. */

static int next_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    struct pushed *pushed = inside(recording);
    (void)err;
    (void)i;
    uv_mutex_lock(&pushed->lock);
    if (pushed->current != NULL) {
        pushed->current->next = pushed->done;
        pushed->done = pushed->current;
    }
    pushed->current = NULL;
    while (pushed->waiting == NULL && !pushed->is_over)
        uv_cond_wait(&pushed->changed, &pushed->lock);
    pushed->current = pushed->waiting;
    pushed->waiting = NULL;
    uv_cond_signal(&pushed->changed);
    uv_mutex_unlock(&pushed->lock);
    if (pushed->current == NULL)
        return SQ_RECORDING_OVER;
    *out = pushed->current->about;
    return SQ_OK;
}

static const void *frames_of(const struct sq_recording *recording, size_t p)
{
    const struct pushed *pushed = inside(recording);
    return pushed->current->frames + pushed->offset[pushed->plan_of[p]];
}

static int give_bits(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                     const struct sq_trace_population *as, uint64_t *bits)
{
    (void)err;
    (void)i;
    memcpy(bits, frames_of(recording, p), recording->timesteps * sq_spike_words(as) * sizeof *bits);
    return SQ_OK;
}

static int give_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    (void)err;
    (void)i;
    memcpy(value, frames_of(recording, p),
           recording->timesteps * sq_trace_neurons(as) * sizeof *value);
    return SQ_OK;
}

static void free_list(struct pushed_sample *sample)
{
    while (sample != NULL) {
        struct pushed_sample *next = sample->next;
        free(sample);
        sample = next;
    }
}

static void close_pushed(struct sq_recording *recording)
{
    struct pushed *pushed = inside(recording);
    if (pushed == NULL)
        return;
    free_list(pushed->open);
    free_list(pushed->idle);
    free_list(pushed->done);
    free(pushed->waiting);
    free(pushed->current);
    uv_cond_destroy(&pushed->changed);
    uv_mutex_destroy(&pushed->lock);
    free(pushed);
}

/* ---- Set-up. */

int sq_pushed_new(struct sq_error *err, const char *name, uint32_t timesteps, size_t n_logits,
                  struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {.description = "spikes of a running network",
                                                  .sample = next_sample,
                                                  .spikes = give_bits,
                                                  .values = give_values,
                                                  .close = close_pushed};
    struct pushed *pushed = calloc(1, sizeof *pushed);
    struct sq_recording *recording = NULL;
    if (pushed == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", name);
    if (uv_mutex_init(&pushed->lock) != 0)
        goto no_lock;
    if (uv_cond_init(&pushed->changed) != 0)
        goto no_cond;
    if (sq_recording_new(err, name, &kind, &recording) != SQ_OK)
        goto no_recording;
    recording->timesteps = timesteps;
    recording->n_samples = SQ_TRACE_SAMPLES_UNKNOWN;
    recording->n_logits = n_logits;
    recording->inside = pushed;
    *out = recording;
    return SQ_OK;
no_recording:
    uv_cond_destroy(&pushed->changed);
no_cond:
    uv_mutex_destroy(&pushed->lock);
no_lock:
    free(pushed);
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory", name);
}

/* What lies where in a sample's allocation; false: more than memory. */
static bool lay_out(struct pushed *pushed, size_t n_logits)
{
    const struct sq_trace_plan *plan = pushed->plan;
    size_t frames = 0, part;
    for (size_t p = 0; p < plan->n_populations; p++) {
        const struct sq_trace_population *of = &plan->population[p];
        pushed->offset[p] = frames;
        pushed->frame[p] = of->kind == SQ_TRACE_INPUT ? sq_trace_neurons(of) * sizeof(uint16_t)
                                                      : sq_spike_words(of) * sizeof(uint64_t);
        if (!sq_mul_size(pushed->frame[p], plan->timesteps, &part) ||
            !sq_add_size(frames, (part + 7) / 8 * 8, &frames))
            return false;
    }
    pushed->frames_at = (sizeof(struct pushed_sample) + 7) / 8 * 8;
    pushed->logits_at = pushed->frames_at + frames;
    pushed->written_at = pushed->logits_at + n_logits * sizeof(float);
    return sq_add_size(pushed->written_at, plan->n_populations * plan->timesteps, &pushed->bytes) &&
           frames <= SIZE_MAX / 4;
}

int sq_pushed_begin(struct sq_error *err, struct sq_recording *recording,
                    const struct sq_trace_plan *plan, const size_t *source)
{
    struct pushed *pushed = inside(recording);
    struct sq_arena *arena = &recording->arena;
    pushed->plan = plan;
    pushed->plan_of = sq_arena_alloc(arena, recording->n_populations, sizeof *pushed->plan_of);
    pushed->offset = sq_arena_alloc(arena, plan->n_populations, sizeof *pushed->offset);
    pushed->frame = sq_arena_alloc(arena, plan->n_populations, sizeof *pushed->frame);
    if (pushed->plan_of == NULL || pushed->offset == NULL || pushed->frame == NULL ||
        !lay_out(pushed, recording->n_logits))
        return no_memory(err, recording);
    for (size_t p = 0; p < plan->n_populations; p++)
        pushed->plan_of[source[p]] = p;
    return SQ_OK;
}

/* ---- The writing thread's side. */

/* An empty sample, from those that were imported if there is one; NULL: out of memory. */
static struct pushed_sample *new_sample(const struct sq_recording *recording)
{
    struct pushed *pushed = inside(recording);
    if (pushed->idle == NULL) {
        uv_mutex_lock(&pushed->lock);
        pushed->idle = pushed->done;
        pushed->done = NULL;
        uv_mutex_unlock(&pushed->lock);
    }
    struct pushed_sample *sample = pushed->idle;
    if (sample != NULL)
        pushed->idle = sample->next;
    else
        sample = malloc(pushed->bytes);
    if (sample == NULL)
        return NULL;
    memset(sample, 0, pushed->bytes);
    sample->frames = (unsigned char *)sample + pushed->frames_at;
    sample->logits = (float *)(void *)((unsigned char *)sample + pushed->logits_at);
    sample->is_written = (unsigned char *)sample + pushed->written_at;
    return sample;
}

/* The open sample of this number, which is opened if need be. */
static int find_open(struct sq_error *err, const struct sq_recording *recording, uint64_t id,
                     struct pushed_sample **out)
{
    struct pushed *pushed = inside(recording);
    struct pushed_sample **at = &pushed->open;
    if (pushed->n_finished > 0 && id <= pushed->last)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: sample %" PRIu64 " comes after sample %" PRIu64
                       ", which was finished; samples are finished in ascending order",
                       recording->path, id, pushed->last);
    while (*at != NULL && (*at)->about.id < id)
        at = &(*at)->next;
    if (*at == NULL || (*at)->about.id != id) {
        if (pushed->n_open == MAX_OPEN)
            return sq_fail(err, SQ_EUSAGE, "%s: %d samples are open: finish some", recording->path,
                           MAX_OPEN);
        struct pushed_sample *sample = new_sample(recording);
        if (sample == NULL)
            return no_memory(err, recording);
        sample->about.id = id;
        sample->next = *at;
        *at = sample;
        pushed->n_open++;
    }
    *out = *at;
    return SQ_OK;
}

/* Bits in C order, the first neuron in the lowest. */
static int take_bits(struct sq_error *err, const struct sq_spike_place *place,
                     const struct sq_trace_population *as, const unsigned char *item,
                     uint64_t *bits)
{
    const uint64_t n = sq_trace_neurons(as);
    memset(bits, 0, sq_spike_words(as) * sizeof *bits);
    if (n % 8 != 0 && item[n / 8] >> n % 8 != 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: %s: sample %" PRIu64 ", timestep %" PRIu32
                       ": bits behind the last of %" PRIu64 " neurons are set",
                       place->path, place->name, place->sample, place->timestep, n);
    for (uint64_t byte = 0; byte < (n + 7) / 8; byte++)
        for (unsigned left = item[byte]; left != 0; left &= left - 1)
            sq_spike_set(as, bits, byte * 8 + (unsigned)__builtin_ctz(left));
    return SQ_OK;
}

/* One frame into memory of its own: what is refused leaves the sample as it was. */
static int take_frame(struct sq_error *err, const struct sq_recording *recording,
                      const struct sq_spike_place *place, size_t p, const struct sq_array *type,
                      const unsigned char *item, void *frame)
{
    const struct sq_trace_population *as = &inside(recording)->plan->population[p];
    if (as->kind == SQ_TRACE_INPUT)
        return type != NULL ? sq_spike_values(err, place, type, item, as, frame)
                            : sq_fail(err, SQ_EUNSUPPORTED,
                                      "%s: %s holds whole numbers, which bits cannot say",
                                      place->path, place->name);
    return type != NULL ? sq_spike_bits(err, place, type, item, as, frame)
                        : take_bits(err, place, as, item, frame);
}

int sq_pushed_write(struct sq_error *err, struct sq_recording *recording, uint64_t sample, size_t p,
                    uint32_t t, const struct sq_array *type, const unsigned char *item)
{
    struct pushed *pushed = inside(recording);
    const struct sq_spike_place place = {recording->path, pushed->plan->population[p].name, sample,
                                         t};
    struct pushed_sample *to = NULL;
    void *frame = malloc(pushed->frame[p] + 1);
    int status = frame != NULL ? take_frame(err, recording, &place, p, type, item, frame)
                               : no_memory(err, recording);
    if (status == SQ_OK)
        status = find_open(err, recording, sample, &to);
    if (status == SQ_OK) {
        memcpy(to->frames + pushed->offset[p] + t * pushed->frame[p], frame, pushed->frame[p]);
        to->is_written[p * pushed->plan->timesteps + t] = 1;
    }
    free(frame);
    return status;
}

/* Spikes that nobody wrote are no zeros. */
static int check_whole(struct sq_error *err, const struct sq_recording *recording,
                       const struct pushed_sample *sample)
{
    const struct sq_trace_plan *plan = inside(recording)->plan;
    const size_t n = plan->n_populations * plan->timesteps;
    for (size_t i = 0; i < n; i++)
        if (!sample->is_written[i])
            return sq_fail(err, SQ_EUSAGE,
                           "%s: sample %" PRIu64 ": %s was not written at timestep %zu",
                           recording->path, sample->about.id,
                           plan->population[i / plan->timesteps].name, i % plan->timesteps);
    return SQ_OK;
}

static int check_finish(struct sq_error *err, const struct sq_recording *recording,
                        const struct sq_recorded_sample *about)
{
    const struct pushed *pushed = inside(recording);
    const struct pushed_sample *first = pushed->open;
    if (first != NULL && first->about.id == about->id)
        return check_whole(err, recording, first);
    if (first != NULL && first->about.id < about->id)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: sample %" PRIu64 " is open: finish it before sample %" PRIu64,
                       recording->path, first->about.id, about->id);
    return sq_fail(err, SQ_EUSAGE, "%s: sample %" PRIu64 " is not open: nothing of it was written",
                   recording->path, about->id);
}

int sq_pushed_finish(struct sq_error *err, struct sq_recording *recording,
                     const struct sq_recorded_sample *about)
{
    struct pushed *pushed = inside(recording);
    int status = check_finish(err, recording, about);
    if (status != SQ_OK)
        return status;
    struct pushed_sample *sample = pushed->open;
    sample->about = *about;
    sample->about.logits = sample->logits;
    sample->about.n_logits = about->logits != NULL ? recording->n_logits : 0;
    if (about->logits != NULL)
        memcpy(sample->logits, about->logits, recording->n_logits * sizeof *sample->logits);
    uv_mutex_lock(&pushed->lock);
    while (pushed->waiting != NULL && !pushed->has_ended)
        uv_cond_wait(&pushed->changed, &pushed->lock);
    status = pushed->has_ended ? pushed->status : SQ_OK;
    if (!pushed->has_ended) {
        pushed->open = sample->next;
        pushed->waiting = sample;
        uv_cond_signal(&pushed->changed);
    }
    uv_mutex_unlock(&pushed->lock);
    if (status != SQ_OK)
        return status;
    pushed->n_open--;
    pushed->n_finished++;
    pushed->last = about->id;
    return SQ_OK;
}

int sq_pushed_end(struct sq_error *err, struct sq_recording *recording)
{
    const struct pushed *pushed = inside(recording);
    if (pushed->open != NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: sample %" PRIu64 " is open: finish it", recording->path,
                       pushed->open->about.id);
    if (pushed->n_finished == 0)
        return sq_fail(err, SQ_EUSAGE, "%s: no sample was recorded", recording->path);
    sq_pushed_abort(recording);
    return SQ_OK;
}

uint64_t sq_pushed_n_samples(const struct sq_recording *recording)
{
    return inside(recording)->n_finished;
}

void sq_pushed_abort(struct sq_recording *recording)
{
    struct pushed *pushed = inside(recording);
    uv_mutex_lock(&pushed->lock);
    pushed->is_over = 1;
    uv_cond_signal(&pushed->changed);
    uv_mutex_unlock(&pushed->lock);
}

void sq_pushed_ended(struct sq_recording *recording, int status)
{
    struct pushed *pushed = inside(recording);
    uv_mutex_lock(&pushed->lock);
    pushed->has_ended = 1;
    pushed->status = status;
    uv_cond_signal(&pushed->changed);
    uv_mutex_unlock(&pushed->lock);
}
