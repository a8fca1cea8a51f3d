/* The input of a replay that begins there. */
#include "kernels/base/plural.h"
#include "sim/replay/session.h"
#include "sim/report/input_want.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Options override what was recorded. */
static void override(struct sq_frames_choices *frames, const struct sq_frames_choices *given)
{
    const char **const to[] = {&frames->rule, &frames->crop, &frames->pad, &frames->view,
                               &frames->camera};
    const char *const from[] = {given->rule, given->crop, given->pad, given->view, given->camera};
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
        if (from[i] != NULL)
            *to[i] = from[i];
    if (given->bin > 0)
        frames->bin = given->bin;
    if (given->width > 0) {
        frames->width = given->width;
        frames->height = given->height;
    }
    frames->tolerate |= given->tolerate;
}

/* How recordings are binned. */
static int take_frames(struct sq_replay *replay)
{
    struct sq_error *err = replay->err;
    const char *path = sq_trace_path(replay->trace);
    const char *note = sq_trace_meta(replay->trace, "input_frames");
    char origin[512];
    int status = SQ_OK;
    snprintf(origin, sizeof origin, "%s: meta input_frames", path);
    if (note != NULL)
        status = sq_frames_of_note(err, origin, note, &replay->arena, &replay->frames);
    if (status == SQ_OK && replay->frames.carry)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: was recorded with " SQ_OPT
                       "carry: membranes went on from sample to sample, and are not in the trace; "
                       "record it without " SQ_OPT "carry",
                       path);
    if (status == SQ_OK && replay->frames.stream && replay->options->input != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: was recorded from a stream: its events are taken from the trace, "
                       "without " SQ_OPT "input",
                       path);
    override(&replay->frames, &replay->options->frames);
    return status;
}

/* By what the trace knows its input again. */
struct recorded {
    enum sq_input_identity identity;
    const char *digest; /* NULL: it does not */
};

static struct recorded recorded_input(const struct sq_trace *trace)
{
    const char *names = sq_trace_meta(trace, "input_names_sha256");
    if (names != NULL)
        return (struct recorded){SQ_IDENTITY_NAMES, names};
    return (struct recorded){SQ_IDENTITY_CONTENT, sq_trace_meta(trace, "input_sha256")};
}

static int refuse_input(struct sq_replay *replay, const char *digest,
                        const struct recorded *recorded)
{
    return sq_fail(replay->err, SQ_EVALUE,
                   "%s: is not the recorded input: %s %.12s..., %s was recorded from %.12s...",
                   replay->options->input,
                   recorded->identity == SQ_IDENTITY_NAMES ? "the SHA-256 of its names and sizes is"
                                                           : "its SHA-256 is",
                   digest, sq_trace_path(replay->trace), recorded->digest);
}

/* Another file than the recorded one need not fit the network: that it is another file is the
 * better error. */
static int open_input(struct sq_replay *replay, const struct recorded *recorded)
{
    struct sq_input_want want = sq_input_want_of(replay->network);
    const char *path = replay->options->input;
    struct sq_error ignored = {0};
    char digest[SQ_DIGEST_TEXT];
    want.frame_request = replay->frames.rule != NULL ? &replay->frame_request : NULL;
    const int status = sq_input_open(replay->err, path, NULL, &want, 0, &replay->input);
    if (status != SQ_OK && status != SQ_EIO && want.frame_request == NULL &&
        recorded->digest != NULL && recorded->identity == SQ_IDENTITY_CONTENT &&
        sq_digest_file(&ignored, path, digest) == SQ_OK && strcmp(digest, recorded->digest) != 0)
        return refuse_input(replay, digest, recorded);
    return status;
}

static int check_input(struct sq_replay *replay, const struct recorded *recorded)
{
    char digest[SQ_DIGEST_TEXT];
    const int status = sq_input_digest(replay->err, replay->input, recorded->identity, digest);
    if (status == SQ_OK && recorded->digest != NULL && strcmp(recorded->digest, digest) != 0)
        return refuse_input(replay, digest, recorded);
    return status;
}

int sq_replay_open_input(struct sq_replay *replay)
{
    struct sq_error *err = replay->err;
    const char *path = replay->options->input;
    const struct recorded recorded = recorded_input(replay->trace);
    int status = take_frames(replay);
    if (status == SQ_OK && !replay->cut.needs_input && path != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "input %s: nothing begins at the input here; it goes with " SQ_OPT
                              "from input",
                       path);
    if (status != SQ_OK || !replay->cut.needs_input)
        return status;
    if (path == NULL && replay->population_of[0] < 0 && replay->options->n_from > 0 &&
        strcmp(replay->options->from[0], replay->network->node[0].name) != 0)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT
                       "from %s: a stream of reals that it needs begins at the input, and the "
                       "trace holds no reals; give " SQ_OPT "input FILE",
                       replay->options->from[0]);
    if (path == NULL && replay->population_of[0] < 0)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "from input: the trace holds no events of the input; give " SQ_OPT
                              "input FILE");
    if (path == NULL)
        return SQ_OK;
    status = sq_frames_request_of(err, &replay->frames, &replay->frame_request);
    if (status == SQ_OK)
        status = open_input(replay, &recorded);
    if (status == SQ_OK)
        status = check_input(replay, &recorded);
    if (status == SQ_OK && sq_input_count(replay->input) < replay->samples.end)
        status =
            sq_fail(err, SQ_ESHAPE, "%s: has %" PRIu64 " sample%s, the trace goes up to %" PRIu64,
                    path, sq_input_count(replay->input), sq_s(sq_input_count(replay->input)),
                    replay->samples.end);
    if (status == SQ_OK)
        sq_input_seek(replay->input, replay->samples.first);
    return status;
}
