#include "sim/report/frame_counts_json.h"

#include "sim/json/json.h"

#include <stddef.h>
#include <string.h>

/* Members of the object and of the report, in order. Those of a stream are left out elsewhere. */
static const struct {
    const char *key;
    size_t at;
    int of_stream;
} member[] = {
    {"recordings", offsetof(struct spikeq_report, frames.n_recordings), 0},
    {"events", offsetof(struct spikeq_report, frames.n_events), 0},
    {"in_frames", offsetof(struct spikeq_report, frames.n_counted), 0},
    {"cropped", offsetof(struct spikeq_report, frames.n_cropped), 0},
    {"backwards", offsetof(struct spikeq_report, frames.n_backwards), 0},
    {"damaged", offsetof(struct spikeq_report, frames.n_damaged), 0},
    {"frames", offsetof(struct spikeq_report, n_stream_frames), 1},
    {"frames_left", offsetof(struct spikeq_report, n_left_frames), 1},
};

enum { MEMBERS = sizeof member / sizeof member[0] };

cJSON *sq_frame_counts_to_json(const struct spikeq_report *report)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < MEMBERS; i++)
        if (!member[i].of_stream || report->n_stream_frames > 0)
            sq_json_count(object, member[i].key,
                          *(const uint64_t *)((const char *)report + member[i].at));
    cJSON *dropped = sq_json_add_object(object, "dropped");
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        sq_json_count(dropped, sq_event_drop_key((enum sq_event_drop)i), report->frames.drop[i]);
    return object;
}

char *sq_frame_counts_text(const struct spikeq_report *report)
{
    cJSON *object = sq_frame_counts_to_json(report);
    char *text = sq_json_print_line(object);
    cJSON_Delete(object);
    return text;
}

/* A count below 2^53, which JSON's numbers hold exactly. */
static int take(const cJSON *object, const char *key, uint64_t *count)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    const double value = cJSON_GetNumberValue(item);
    if (!(value >= 0 && value < 0x1p53) || value != (double)(uint64_t)value)
        return 0;
    *count = (uint64_t)value;
    return 1;
}

static int take_all(const cJSON *object, struct spikeq_report *report)
{
    const cJSON *dropped = cJSON_GetObjectItemCaseSensitive(object, "dropped");
    const int is_stream = cJSON_HasObjectItem(object, "frames");
    int ok = 1;
    for (size_t i = 0; i < MEMBERS; i++)
        if (!member[i].of_stream || is_stream)
            ok &= take(object, member[i].key, (uint64_t *)((char *)report + member[i].at));
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        ok &= take(dropped, sq_event_drop_key((enum sq_event_drop)i), &report->frames.drop[i]);
    return ok;
}

int sq_frame_counts_read(struct sq_error *err, const char *path, const char *text,
                         struct spikeq_report *report)
{
    if (text == NULL)
        return SQ_OK;
    int no_memory;
    cJSON *object = sq_json_parse(text, strlen(text), NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    report->has_frames = take_all(object, report);
    cJSON_Delete(object);
    return report->has_frames ? SQ_OK
                              : sq_fail(err, SQ_EFORMAT, "%s: meta %s holds no counts of events",
                                        path, SQ_META_RECORDINGS);
}
