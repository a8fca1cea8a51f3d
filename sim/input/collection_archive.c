/* Samples of tar archives, in the order of the archives and of the members in them, so that they are read from
 * the first byte to the last. Labels come from members KEY.cls, a class number as text, as WebDataset
 * writes them, where KEY is the path up to the first dot of the file's name and its members follow
 * each other; or else from class folders (collection_classes.h). This pass reads headers, labels and
 * the first bytes of images alone: of a plain archive nothing else is touched. */
#include "sim/input/archives/archive_reader.h"
#include "sim/input/collection_classes.h"
#include "sim/input/collection_names.h"
#include "sim/input/collection_sources.h"
#include "sim/input/images/image_file.h"
#include "traces/files/whole_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_MEMBER = 1 << 28, /* bytes of a sample; the size of its image is bounded besides */
    LABEL_BYTES = 32,
    HEAD_BYTES = 1 << 14 /* in which an image tells its size, or else it is asked for later */
};

/* Members with one key, which follow each other. */
struct group {
    char key[SQ_ARCHIVE_NAME];
    uint64_t first, n; /* its samples */
    int32_t label;     /* or -1 */
};

/* One archive while its members are listed. */
struct listing {
    struct sq_error *err;
    struct sq_collection *collection;
    struct sq_archive *archive;
    const char *path;
    uint32_t folder;   /* of the archive in the collection */
    uint64_t n_before; /* samples of the archives in front of it */
    struct group group;
    struct sq_archive_member member;
};

static int no_memory(const struct listing *l)
{
    return sq_fail(l->err, SQ_ENOMEM, "%s: out of memory for its list", l->path);
}

static int refuse(const struct listing *l, const char *why)
{
    return sq_fail(l->err, SQ_EVALUE, "%s: member %.256s: %s", l->path, l->member.name, why);
}

static const char *file_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash != NULL ? slash + 1 : name;
}

/* Bytes of the path up to the first dot of the file's name, and what is behind that dot, or "". */
static size_t key_bytes(const char *name, const char **behind)
{
    const char *file = file_name(name), *dot = strchr(file, '.');
    *behind = dot != NULL ? dot + 1 : "";
    return dot != NULL ? (size_t)(dot - name) : strlen(name);
}

/* Is the member, or a folder that it lies in, what desktops leave behind? */
static bool is_left_behind(const char *name)
{
    char part[SQ_ARCHIVE_NAME];
    for (const char *at = name; *at != '\0';) {
        const size_t n = strcspn(at, "/");
        snprintf(part, sizeof part, "%.*s", (int)n, at);
        if (sq_collection_is_left_behind(part))
            return true;
        at += n + (at[n] == '/');
    }
    return false;
}

/* A group is complete: its label belongs to its one sample. */
static int end_group(struct listing *l)
{
    const struct group *group = &l->group;
    struct sq_collection *collection = l->collection;
    if (group->label < 0)
        return SQ_OK;
    if (group->n > 1)
        return sq_fail(l->err, SQ_EVALUE,
                       "%s: %" PRIu64 " samples beside one %.256s.cls; a label is one sample's",
                       l->path, group->n, group->key);
    if (group->n == 0)
        return sq_collection_pass_over(l->err, collection, file_name(group->key));
    collection->item[group->first].label = group->label;
    collection->n_labels++;
    return SQ_OK;
}

/* The member belongs to the group, or begins one. */
static int join_group(struct listing *l)
{
    const char *behind;
    const size_t n = key_bytes(l->member.name, &behind);
    if (strlen(l->group.key) == n && memcmp(l->group.key, l->member.name, n) == 0)
        return SQ_OK;
    const int rc = end_group(l);
    l->group.label = -1;
    l->group.n = 0;
    memcpy(l->group.key, l->member.name, n);
    l->group.key[n] = '\0';
    return rc;
}

/* The class number in a member KEY.cls. */
static int take_label(struct listing *l)
{
    char text[LABEL_BYTES + 1], *end;
    size_t n = 0;
    if (l->member.size > LABEL_BYTES)
        return refuse(l, "holds more than a class number");
    const int rc = sq_archive_read(l->err, l->archive, text, LABEL_BYTES, &n);
    if (rc != SQ_OK)
        return rc;
    text[n] = '\0';
    const unsigned long label = strtoul(text, &end, 10);
    const bool begins =
        text[strspn(text, " \t\r\n")] >= '0' && text[strspn(text, " \t\r\n")] <= '9';
    if (!begins || strlen(text) != n || end[strspn(end, " \t\r\n")] != '\0' || label > INT32_MAX)
        return refuse(l, "expected a class number as text");
    if (l->group.label >= 0)
        return refuse(l, "the second label of one sample");
    l->group.label = (int32_t)label;
    return SQ_OK;
}

/* The sizes of the image, if its first bytes tell them; one that may lose values is looked at again. */
static void measure(const struct listing *l, unsigned char *head, size_t n,
                    struct sq_collected_member *member)
{
    struct sq_image image;
    FILE *file = n > 0 ? sq_file_of_bytes(head, n) : NULL;
    if (file == NULL)
        return;
    if (sq_image_measure_stream(NULL, l->path, file, l->collection->channels, &image) == SQ_OK &&
        !image.may_clip) {
        member->height = (uint16_t)image.height;
        member->width = (uint16_t)image.width;
    }
    fclose(file);
}

static int add_sample(struct listing *l, unsigned char *head, size_t n)
{
    struct sq_collection *collection = l->collection;
    struct sq_collected_member member = {l->member.offset, (uint32_t)l->member.size, 0, 0};
    if (l->member.size > MAX_MEMBER)
        return refuse(l, "a sample of more than 256 MiB");
    if (collection->kind == SQ_COLLECT_IMAGES)
        measure(l, head, n, &member);
    uint64_t at = 0;
    int rc =
        sq_collection_keep_name(l->err, collection, l->member.name, strlen(l->member.name), &at);
    if (rc == SQ_OK)
        rc = sq_collection_add_kept(l->err, collection, l->folder, at, -1);
    if (rc != SQ_OK)
        return rc;
    if (collection->member_room < collection->room) {
        struct sq_collected_member *grown =
            realloc(collection->member, (size_t)collection->room * sizeof *grown);
        if (grown == NULL)
            return no_memory(l);
        collection->member = grown;
        collection->member_room = collection->room;
    }
    collection->member[collection->n - 1] = member;
    l->group.first = collection->n - 1;
    l->group.n++;
    return SQ_OK;
}

/* A file: a label, a sample or another. */
static int take_file(struct listing *l)
{
    unsigned char head[HEAD_BYTES];
    const char *behind, *name = file_name(l->member.name);
    size_t n = 0;
    int rc = join_group(l);
    key_bytes(l->member.name, &behind);
    if (rc == SQ_OK && strcasecmp(behind, "cls") == 0)
        return take_label(l);
    const enum sq_name_verdict verdict = sq_collection_judge_name(l->collection->kind, name);
    if (rc == SQ_OK && verdict != SQ_NAME_OF_ANOTHER)
        rc = sq_archive_read(l->err, l->archive, head, sizeof head, &n);
    if (rc != SQ_OK)
        return rc;
    const size_t begin = n < SQ_SAMPLE_HEAD_BYTES ? n : SQ_SAMPLE_HEAD_BYTES;
    return verdict == SQ_NAME_OF_SAMPLE ||
                   (verdict == SQ_NAME_SAYS_NOTHING &&
                    sq_collection_begins_right(l->collection->kind, head, begin))
               ? add_sample(l, head, n)
               : sq_collection_pass_over(l->err, l->collection, name);
}

/* Folders are kept: one without a sample takes a label too. */
static int take_folder(struct listing *l)
{
    struct sq_collection *collection = l->collection;
    if (collection->n_kept == collection->kept_room) {
        collection->kept_room = 2 * collection->kept_room + 64;
        uint64_t *grown = realloc(collection->kept, collection->kept_room * sizeof *grown);
        if (grown == NULL)
            return no_memory(l);
        collection->kept = grown;
    }
    return sq_collection_keep_name(l->err, collection, l->member.name, strlen(l->member.name),
                                   &collection->kept[collection->n_kept++]);
}

static int take_member(struct listing *l)
{
    if (l->member.name[0] == '\0')
        return l->member.is_folder ? SQ_OK : refuse(l, "a file without a name");
    if (is_left_behind(l->member.name))
        return l->member.is_folder
                   ? SQ_OK
                   : sq_collection_pass_over(l->err, l->collection, file_name(l->member.name));
    return l->member.is_folder ? take_folder(l) : take_file(l);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Are the names in ascending order? Then none is there twice, as in archives of sorted folders. */
static bool is_ascending(const struct sq_collection *collection, uint64_t first)
{
    for (uint64_t i = first + 1; i < collection->n; i++)
        if (strcmp(sq_collection_own_name(collection, i - 1),
                   sq_collection_own_name(collection, i)) >= 0)
            return false;
    return true;
}

/* A later member would replace the earlier one where an archive is unpacked: which one is meant is
 * for the user to say. */
static int refuse_twins(struct listing *l)
{
    const struct sq_collection *collection = l->collection;
    const size_t n = (size_t)(collection->n - l->n_before);
    if (is_ascending(collection, l->n_before))
        return SQ_OK;
    const char **name = malloc((n + 1) * sizeof *name);
    int rc = SQ_OK;
    if (name == NULL)
        return no_memory(l);
    for (size_t i = 0; i < n; i++)
        name[i] = sq_collection_own_name(collection, l->n_before + i);
    qsort(name, n, sizeof *name, by_text);
    for (size_t i = 1; rc == SQ_OK && i < n; i++)
        if (strcmp(name[i - 1], name[i]) == 0)
            rc = sq_fail(l->err, SQ_EVALUE, "%s: member %.256s: is there twice", l->path, name[i]);
    free(name);
    return rc;
}

static int list_members(struct listing *l)
{
    bool is_end = false;
    int rc = SQ_OK;
    while (rc == SQ_OK && !is_end) {
        rc = sq_archive_next(l->err, l->archive, &l->member, &is_end);
        if (rc == SQ_OK && !is_end)
            rc = take_member(l);
    }
    return rc == SQ_OK ? end_group(l) : rc;
}

int sq_collection_add_archive(struct sq_error *err, struct sq_collection *collection,
                              const char *path)
{
    struct listing *l = calloc(1, sizeof *l);
    if (l == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", path);
    *l = (struct listing){.err = err, .collection = collection, .n_before = collection->n};
    l->group.label = -1;
    int rc = collection->kind == SQ_COLLECT_RECORDINGS
                 ? sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: recordings are not read from archives: unpack it, and give the "
                           "folder",
                           path)
                 : sq_collection_add_folder_name(err, collection, path, &l->folder);
    if (rc == SQ_OK) {
        l->path = collection->folder[l->folder];
        rc = sq_archive_open(err, l->path, &l->archive);
    }
    if (rc == SQ_OK)
        rc = list_members(l);
    if (rc == SQ_OK)
        rc = refuse_twins(l);
    sq_archive_close(l->archive);
    free(l);
    return rc;
}

int sq_collection_end_archives(struct sq_error *err, struct sq_collection *collection)
{
    const uint64_t n_labels = collection->n_labels;
    int rc =
        n_labels > 0
            ? sq_collection_warn_unlabelled(err, collection, collection->n - n_labels, "samples")
            : sq_collection_classify(err, collection, collection->kept, collection->n_kept);
    free(collection->kept);
    collection->kept = NULL;
    collection->n_kept = collection->kept_room = 0;
    return rc;
}
