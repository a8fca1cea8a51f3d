#include "sim/events/events_report.h"
#include "kernels/base/plural.h"

#include "sim/json/json.h"
#include "sim/json/page.h"

#include <inttypes.h>

static void print_profile(FILE *to, const struct sq_event_profile *p)
{
    fprintf(to, "events    %" PRIu64 " (%" PRIu64 " ON, %" PRIu64 " OFF)\n", p->n, p->n_on,
            p->n - p->n_on);
    if (p->n == 0)
        return;
    fprintf(to, "time      %" PRId64 " .. %" PRId64 " us, %.6f s%s\n", p->first.t, p->last.t,
            (double)(p->t_max - p->t_min) * 1e-6, p->is_monotonic ? "" : ", not in order");
    fprintf(to, "pixels    x %u..%u, y %u..%u\n", p->x_min, p->x_max, p->y_min, p->y_max);
}

static void print_drops(FILE *to, const struct sq_event_facts *facts)
{
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        if (facts->drop[i] > 0)
            fprintf(to, "dropped   %" PRIu64 " %s\n", facts->drop[i],
                    sq_event_drop_text((enum sq_event_drop)i));
    if (facts->n_backwards > 0)
        fprintf(to, "tolerated %" PRIu64 " event%s earlier than the one before\n",
                facts->n_backwards, sq_s(facts->n_backwards));
    if (!facts->is_damaged)
        return;
    fprintf(to, "damaged   at byte %" PRIu64 ": %s", facts->damage_offset, facts->damage);
    if (facts->damage_bytes > 0)
        fprintf(to, "; %" PRIu64 " byte%s not used", facts->damage_bytes,
                facts->damage_bytes == 1 ? " was" : "s were");
    fputc('\n', to);
}

static void print_frames(FILE *to, const struct sq_frame_summary *frames)
{
    fprintf(to,
            "frames    %s, bin %" PRIu32 ": [%" PRIu64 ",2,%" PRIu32 ",%" PRIu32 "], %" PRId64
            " event%s, at most %" PRId32 " in a pixel\n",
            frames->rule.text, frames->grid.bin, frames->splits.n, frames->grid.height,
            frames->grid.width, frames->sum, sq_s((uint64_t)frames->sum), frames->max);
    for (uint64_t k = 0; k < frames->splits.n && k < 32; k++)
        fprintf(to,
                "  %6" PRIu64 "  events %" PRIu64 "..%" PRIu64 "  OFF %" PRId64 "  ON %" PRId64
                "\n",
                k, frames->splits.left[k], frames->splits.right[k], frames->per_frame[k][0],
                frames->per_frame[k][1]);
    if (frames->splits.n > 32)
        fprintf(to, "  ... " SQ_FLAG "json lists them all\n");
}

int sq_events_report_text(struct sq_error *err, const struct sq_events_report *report, char **text)
{
    const struct sq_event_facts *facts = &report->facts;
    struct sq_page page;
    const int rc = sq_page_open(err, &page);
    if (rc != SQ_OK)
        return rc;
    fprintf(page.stream, "%s: %s%s%s%s, %" PRIu32 "x%" PRIu32 "%s, view %s\n", report->path,
            facts->format, facts->camera[0] != '\0' ? ", " : "", facts->camera,
            facts->camera_is_guessed ? " (by its addresses)" : "", facts->width, facts->height,
            facts->size_is_guessed ? " (by its events)" : "", facts->view);
    print_profile(page.stream, &report->profile);
    print_drops(page.stream, facts);
    if (report->frames != NULL)
        print_frames(page.stream, report->frames);
    return sq_page_close(err, &page, text);
}

/* cJSON keeps numbers as doubles: these are written as text, exact to 64 bits. */
static cJSON *number(int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    return cJSON_CreateRaw(text);
}

static void add(cJSON *object, const char *key, int64_t value)
{
    sq_json_add_item(object, key, number(value));
}

static void add_event(cJSON *root, const char *key, const struct sq_camera_event *event)
{
    cJSON *array = sq_json_add_array(root, key);
    sq_json_append(array, number(event->t));
    sq_json_append(array, number(event->x));
    sq_json_append(array, number(event->y));
    sq_json_append(array, number(event->p));
}

static void add_profile(cJSON *root, const struct sq_event_profile *p)
{
    add(root, "events", (int64_t)p->n);
    add(root, "on", (int64_t)p->n_on);
    if (p->n == 0)
        return;
    add(root, "t_first", p->first.t);
    add(root, "t_last", p->last.t);
    add(root, "t_min", p->t_min);
    add(root, "t_max", p->t_max);
    add(root, "duration_us", p->t_max - p->t_min);
    sq_json_add_bool(root, "monotonic", p->is_monotonic);
    add(root, "equal_neighbours", (int64_t)p->n_equal);
    add(root, "x_min", p->x_min);
    add(root, "x_max", p->x_max);
    add(root, "y_min", p->y_min);
    add(root, "y_max", p->y_max);
    add_event(root, "first", &p->first);
    add_event(root, "last", &p->last);
}

static void add_drops(cJSON *root, const struct sq_event_facts *facts)
{
    cJSON *dropped = sq_json_add_object(root, "dropped");
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        add(dropped, sq_event_drop_key((enum sq_event_drop)i), (int64_t)facts->drop[i]);
    add(root, "backwards", (int64_t)facts->n_backwards);
    if (!facts->is_damaged)
        return;
    cJSON *damage = sq_json_add_object(root, "damage");
    add(damage, "byte", (int64_t)facts->damage_offset);
    add(damage, "unused_bytes", (int64_t)facts->damage_bytes);
    sq_json_add_text(damage, "what", facts->damage);
}

static void add_frames(cJSON *root, const struct sq_frame_summary *frames)
{
    cJSON *object = sq_json_add_object(root, "frames");
    const int64_t shape[4] = {(int64_t)frames->splits.n, 2, frames->grid.height,
                              frames->grid.width};
    sq_json_add_text(object, "rule", frames->rule.text);
    add(object, "bin", frames->grid.bin);
    cJSON *dims = sq_json_add_array(object, "shape");
    for (int i = 0; i < 4; i++)
        sq_json_append(dims, number(shape[i]));
    add(object, "sum", frames->sum);
    add(object, "max", frames->max);
    cJSON *left = sq_json_add_array(object, "left");
    cJSON *right = sq_json_add_array(object, "right");
    cJSON *sums = sq_json_add_array(object, "per_frame");
    for (uint64_t k = 0; k < frames->splits.n; k++) {
        cJSON *pair = cJSON_CreateArray();
        sq_json_append(left, number((int64_t)frames->splits.left[k]));
        sq_json_append(right, number((int64_t)frames->splits.right[k]));
        sq_json_append(pair, number(frames->per_frame[k][0]));
        sq_json_append(pair, number(frames->per_frame[k][1]));
        sq_json_append(sums, pair);
    }
}

int sq_events_report_json(struct sq_error *err, const struct sq_events_report *report, char **text)
{
    const struct sq_event_facts *facts = &report->facts;
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "file", report->path);
    sq_json_add_text(root, "format", facts->format);
    sq_json_add_text(root, "camera", facts->camera);
    sq_json_add_bool(root, "camera_is_guessed", facts->camera_is_guessed);
    sq_json_add_text(root, "view", facts->view);
    add(root, "H", facts->height);
    add(root, "W", facts->width);
    sq_json_add_bool(root, "size_is_guessed", facts->size_is_guessed);
    add_profile(root, &report->profile);
    add_drops(root, facts);
    if (report->frames != NULL)
        add_frames(root, report->frames);
    return sq_page_json(err, root, text);
}
