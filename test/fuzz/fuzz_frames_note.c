/* Any text as the note of how recordings became frames: what is accepted is sound, and comes back
 * from its own writing. */
#define _GNU_SOURCE

#include "sim/api/calls.h"
#include "sim/report/frames_request.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written again, it reads the same, unless its rule is none. */
static void check(struct sq_arena *arena, const struct sq_frames_choices *options)
{
    struct sq_error err = {0};
    struct sq_frames_choices again;
    char *text, *same;
    must(options->rule != NULL && options->bin <= SQ_EVENT_MAX_SIDE);
    must((options->width > 0) == (options->height > 0));
    if (sq_frames_note(&err, options, &text) != SQ_OK)
        return;
    must(sq_frames_of_note(&err, "", text, arena, &again) == SQ_OK);
    must(sq_frames_note(&err, &again, &same) == SQ_OK && strcmp(text, same) == 0);
    free(text);
    free(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sq_error err = {0};
    struct sq_arena arena = {NULL, 0};
    struct sq_frames_choices options;
    char *text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (sq_frames_of_note(&err, "a.db", text, &arena, &options) == SQ_OK)
        check(&arena, &options);
    sq_arena_free(&arena);
    free(text);
    return 0;
}
