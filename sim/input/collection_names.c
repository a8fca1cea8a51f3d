#include "sim/input/collection_names.h"

#include "sim/input/images/image_file.h"
#include "traces/files/npy.h"
#include "traces/files/whole_file.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(const char *name, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(name, known[i]) == 0)
            return true;
    return false;
}

bool sq_collection_is_left_behind(const char *name)
{
    static const char *const known[] = {
        "Thumbs.db", "ehthumbs.db",  "desktop.ini", "__MACOSX",
        "@eaDir",    "$RECYCLE.BIN", "lost+found",  "System Volume Information"};
    return name[0] == '.' || is_one_of(name, known, sizeof known / sizeof *known);
}

/* Does a file called so claim to be an image, whether it is read or not? torchvision's list. */
static bool has_suffix_of_images(const char *name)
{
    static const char *const known[] = {".jpg", ".jpeg", ".png",  ".ppm", ".bmp",
                                        ".pgm", ".tif",  ".tiff", ".webp"};
    const char *dot = strrchr(name, '.');
    return dot != NULL && is_one_of(dot, known, sizeof known / sizeof *known);
}

/* What comes with a data set to be read by people. */
static bool is_note(const char *name)
{
    static const char *const suffix[] = {".md", ".pdf", ".html", ".json", ".xml", ".log", ".py"};
    static const char *const begin[] = {"README", "LICENSE", "LICENCE", "CITATION"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (strncasecmp(name, begin[i], strlen(begin[i])) == 0)
            return true;
    return dot != NULL && is_one_of(dot, suffix, sizeof suffix / sizeof *suffix);
}

bool sq_collection_begins_right(enum sq_collection_kind kind, const unsigned char *head, size_t n)
{
    if (kind == SQ_COLLECT_IMAGES)
        return sq_image_knows(head, n);
    return n >= SQ_SAMPLE_HEAD_BYTES && (memcmp(head, "PK\3\4", 4) == 0 || sq_npy_begins(head, n));
}

static bool has_suffix_of_frames(const char *name)
{
    static const char *const known[] = {".npz", ".npy"};
    const char *dot = strrchr(name, '.');
    return dot != NULL && is_one_of(dot, known, sizeof known / sizeof *known);
}

enum sq_name_verdict sq_collection_judge_name(enum sq_collection_kind kind, const char *name)
{
    if (sq_collection_is_left_behind(name))
        return SQ_NAME_OF_ANOTHER;
    if (kind == SQ_COLLECT_IMAGES)
        return has_suffix_of_images(name) ? SQ_NAME_OF_SAMPLE : SQ_NAME_SAYS_NOTHING;
    if (kind == SQ_COLLECT_FRAMES)
        return has_suffix_of_frames(name) ? SQ_NAME_OF_SAMPLE : SQ_NAME_SAYS_NOTHING;
    return is_note(name) ? SQ_NAME_OF_ANOTHER : SQ_NAME_OF_SAMPLE;
}

bool sq_collection_is_sample(enum sq_collection_kind kind, const char *path, const char *name)
{
    unsigned char head[SQ_SAMPLE_HEAD_BYTES];
    const enum sq_name_verdict verdict = sq_collection_judge_name(kind, name);
    if (verdict != SQ_NAME_SAYS_NOTHING)
        return verdict == SQ_NAME_OF_SAMPLE;
    return sq_collection_begins_right(kind, head, sq_file_head(path, head, sizeof head));
}
