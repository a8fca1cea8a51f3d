/* The note of how recordings were binned: written by a run, read by a replay. */
#include "sim/events/frames/frame_rule.h"

#include "kernels/base/option_names.h"
#include "sim/json/json.h"
#include "sim/report/frames_request.h"

#include <string.h>

int sq_frames_request_of(struct sq_error *err, const struct sq_frames_choices *options,
                         struct sq_frame_request *request)
{
    const int has_option = options->bin || options->crop || options->pad || options->view ||
                           options->camera || options->width || options->tolerate ||
                           options->stream || options->carry;
    if (options->rule == NULL)
        return has_option
                   ? sq_fail(err, SQ_EUSAGE,
                             "options for recordings, but no " SQ_OPT "frames RULE to bin them by")
                   : SQ_OK;
    *request = (struct sq_frame_request){.frames = options->rule,
                                         .bin = options->bin > 0 ? options->bin : 1,
                                         .read = {.view = options->view,
                                                  .camera = options->camera,
                                                  .width = options->width,
                                                  .height = options->height,
                                                  .tolerate = options->tolerate != 0}};
    const int status = sq_frame_place_parse(err, SQ_OPT "crop", options->crop, &request->crop);
    return status == SQ_OK ? sq_frame_place_parse(err, SQ_OPT "pad", options->pad, &request->pad)
                           : status;
}

/* A member that was given. */
static void put_text(cJSON *note, const char *key, const char *text)
{
    if (text != NULL)
        sq_json_add_text(note, key, text);
}

static void put_number(cJSON *note, const char *key, unsigned number)
{
    if (number > 0)
        sq_json_add_number(note, key, number);
}

static void put_flag(cJSON *note, const char *key, int flag)
{
    if (flag)
        sq_json_add_bool(note, key, 1);
}

int sq_frames_note(struct sq_error *err, const struct sq_frames_choices *options, char **text)
{
    struct sq_frame_rule rule;
    const int status = sq_frame_rule_parse(err, options->rule, &rule);
    if (status != SQ_OK)
        return status;
    cJSON *note = cJSON_CreateObject();
    put_text(note, "rule", rule.text);
    put_number(note, "bin", options->bin > 0 ? options->bin : 1);
    put_text(note, "crop", options->crop);
    put_text(note, "pad", options->pad);
    put_text(note, "view", options->view);
    put_text(note, "camera", options->camera);
    put_number(note, "width", options->width);
    put_number(note, "height", options->height);
    put_flag(note, "tolerate", options->tolerate);
    put_flag(note, "stream", options->stream);
    put_flag(note, "carry", options->carry);
    *text = sq_json_print_line(note);
    cJSON_Delete(note);
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the input's notes");
}

/* A note being read; `good` ends with the first member that is not what it should be. */
struct reading {
    const cJSON *note;
    struct sq_arena *arena;
    int good, has_memory;
};

static const cJSON *member(const struct reading *reading, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(reading->note, key);
}

/* The text lies in the arena; NULL: it was not given. */
static const char *take_text(struct reading *reading, const char *key)
{
    const cJSON *item = member(reading, key);
    const char *text = cJSON_GetStringValue(item);
    reading->good &= item == NULL || text != NULL;
    if (text == NULL)
        return NULL;
    const char *copy = sq_arena_strdup(reading->arena, text);
    reading->has_memory &= copy != NULL;
    return copy;
}

static unsigned take_number(struct reading *reading, const char *key)
{
    const cJSON *item = member(reading, key);
    const double value = item != NULL ? cJSON_GetNumberValue(item) : 0;
    const int is_side = value >= 0 && value <= SQ_EVENT_MAX_SIDE;
    const unsigned number = is_side ? (unsigned)value : 0;
    reading->good &= is_side && (double)number == value;
    return number;
}

static int take_flag(struct reading *reading, const char *key)
{
    const cJSON *item = member(reading, key);
    reading->good &= item == NULL || cJSON_IsBool(item);
    return cJSON_IsTrue(item);
}

int sq_frames_of_note(struct sq_error *err, const char *origin, const char *text,
                      struct sq_arena *arena, struct sq_frames_choices *options)
{
    int no_memory;
    cJSON *note = sq_json_parse(text, strlen(text), NULL, &no_memory);
    struct reading reading = {note, arena, cJSON_IsObject(note), !no_memory};
    const struct sq_frames_choices found = {.rule = take_text(&reading, "rule"),
                                            .bin = take_number(&reading, "bin"),
                                            .crop = take_text(&reading, "crop"),
                                            .pad = take_text(&reading, "pad"),
                                            .view = take_text(&reading, "view"),
                                            .camera = take_text(&reading, "camera"),
                                            .width = take_number(&reading, "width"),
                                            .height = take_number(&reading, "height"),
                                            .tolerate = take_flag(&reading, "tolerate"),
                                            .stream = take_flag(&reading, "stream"),
                                            .carry = take_flag(&reading, "carry")};
    cJSON_Delete(note);
    if (!reading.has_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", origin);
    if (!reading.good || found.rule == NULL || (found.width > 0) != (found.height > 0))
        return sq_fail(err, SQ_EFORMAT, "%s: does not say how recordings were binned", origin);
    *options = found;
    return SQ_OK;
}
