/* What torch.save() writes since PyTorch 1.6: a zip archive of ROOT/data.pkl, the main pickle,
 * ROOT/data/KEY, one storage each, and perhaps ROOT/byteorder. */
#include "sim/checkpoint/torch.h"
#include "sim/checkpoint/zip_archive.h"

#include <string.h>

enum {
    MAX_PICKLE_BYTES = 1 << 26, /* a thousand tensors take some 200 KiB */
    MAX_MEMBER_NAME = 512,
};

bool sq_torch_zip_looks_so(const unsigned char *head, size_t n)
{
    return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

static bool ends_with(const char *name, const char *end)
{
    const size_t n = strlen(name);
    const size_t n_end = strlen(end);
    return n >= n_end && strcmp(name + n - n_end, end) == 0;
}

/* What the members' names show. */
struct contents {
    const char *pickle; /* the main pickle's name */
    unsigned n_pickles;
    bool script; /* TorchScript: code instead of a state dict */
    bool arrays; /* all are .npy */
};

static int list_members(const struct sq_zip *archive, struct contents *contents)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    const size_t n = sq_zip_archive_count(archive->zip);
    *contents = (struct contents){.arrays = n > 0};
    for (size_t i = 0; i < n; i++) {
        struct sq_zip_entry entry;
        if (!sq_zip_entry_at(archive->zip, i, SQ_ZIP_NAMES_RAW, &entry) || entry.name == NULL)
            return sq_fail(reader->err, SQ_EFORMAT, "%s: zip member %zu cannot be examined",
                           reader->path, i);
        if (entry.is_encrypted)
            return sq_fail(reader->err, SQ_EUNSUPPORTED,
                           "%s: refused: the zip archive is encrypted; unpack it with its "
                           "password and save the checkpoint again",
                           reader->path);
        if (strcmp(entry.name, "data.pkl") == 0 || ends_with(entry.name, "/data.pkl")) {
            contents->pickle = entry.name;
            contents->n_pickles++;
        }
        contents->script |= ends_with(entry.name, "/constants.pkl") ||
                            strcmp(entry.name, "constants.pkl") == 0 ||
                            strstr(entry.name, "/code/") != NULL;
        contents->arrays &= ends_with(entry.name, ".npy");
    }
    return SQ_OK;
}

static int find_root(struct sq_zip *archive)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    struct contents contents;
    const int rc = list_members(archive, &contents);
    if (rc != SQ_OK)
        return rc;
    if (contents.script)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: refused: a TorchScript archive, which holds code (torch.jit.save); "
                       "save model.state_dict() with torch.save instead",
                       reader->path);
    if (contents.n_pickles == 0)
        return sq_checkpoint_refuse(reader, contents.arrays ? "NumPy arrays (.npz)"
                                                            : "a zip archive without data.pkl");
    if (contents.n_pickles > 1)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: refused: the zip archive holds %u files called data.pkl; a checkpoint "
                       "has one",
                       reader->path, contents.n_pickles);
    archive->root = contents.pickle;
    archive->root_bytes = strlen(contents.pickle) - strlen("data.pkl");
    return SQ_OK;
}

/* Look up ROOT/part; `name` receives the whole name. */
static int find_member(struct sq_zip *archive, const char *part, size_t n, char *name,
                       struct sq_zip_entry *entry)
{
    if (n >= MAX_MEMBER_NAME || archive->root_bytes >= MAX_MEMBER_NAME - n ||
        memchr(part, '\0', n) != NULL)
        return SQ_EFORMAT;
    memcpy(name, archive->root, archive->root_bytes);
    memcpy(name + archive->root_bytes, part, n);
    name[archive->root_bytes + n] = '\0';
    return sq_zip_entry_find(archive->zip, name, SQ_ZIP_NAMES_RAW, entry) ? SQ_OK : SQ_EFORMAT;
}

static int read_member(struct sq_zip *archive, const char *name, const struct sq_zip_entry *entry,
                       unsigned char **out)
{
    const int rc = sq_zip_check(archive, name, entry);
    return rc == SQ_OK ? sq_zip_read(archive, entry->index, entry->size, out) : rc;
}

static int read_pickle(struct sq_zip *archive, struct sq_pickle *pickle)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    char name[MAX_MEMBER_NAME];
    unsigned char *data = NULL;
    struct sq_zip_entry entry;
    if (find_member(archive, "data.pkl", strlen("data.pkl"), name, &entry) != SQ_OK)
        return sq_zip_fail(archive, "data.pkl", "cannot be found; is the file damaged?");
    if (entry.has_size && entry.size > MAX_PICKLE_BYTES)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: refused: data.pkl of %llu bytes; more than %d are not read",
                       reader->path, (unsigned long long)entry.size, MAX_PICKLE_BYTES);
    const int rc = read_member(archive, name, &entry, &data);
    if (rc != SQ_OK)
        return rc;
    pickle->err = reader->err;
    pickle->path = reader->path;
    pickle->member = "data.pkl";
    pickle->data = data;
    pickle->size = (size_t)entry.size;
    return sq_pickle_parse(pickle);
}

static int read_byteorder(struct sq_zip *archive, bool *big_endian)
{
    char name[MAX_MEMBER_NAME];
    unsigned char *text = NULL;
    struct sq_zip_entry entry;
    *big_endian = false;
    if (find_member(archive, "byteorder", strlen("byteorder"), name, &entry) != SQ_OK)
        return SQ_OK;
    if (!entry.has_size || entry.size > strlen("little"))
        return sq_zip_fail(archive, name, "says neither little nor big");
    const int rc = read_member(archive, name, &entry, &text);
    if (rc != SQ_OK)
        return rc;
    *big_endian = entry.size == 3 && memcmp(text, "big", 3) == 0;
    if (!*big_endian && !(entry.size == 6 && memcmp(text, "little", 6) == 0))
        return sq_zip_fail(archive, name, "says neither little nor big");
    return SQ_OK;
}

/* Its bytes are read on demand. */
static int find_storage(struct sq_zip *archive, struct sq_torch_storage *storage)
{
    char part[MAX_MEMBER_NAME] = "data/";
    char name[MAX_MEMBER_NAME];
    char shown[64];
    struct sq_zip_entry entry;
    const size_t n = strlen(part);
    sq_printable(shown, sizeof shown, storage->key, storage->key_bytes);
    if (storage->key_bytes >= sizeof part - n)
        return sq_zip_fail(archive, shown, "is not the name of a storage; is the file damaged?");
    memcpy(part + n, storage->key, storage->key_bytes);
    if (find_member(archive, part, n + storage->key_bytes, name, &entry) != SQ_OK)
        return sq_fail(archive->reader->err, SQ_EFORMAT,
                       "%s: the storage data/%s is missing from the archive; is it damaged?",
                       archive->reader->path, shown);
    if (!entry.has_size || entry.size != storage->bytes)
        return sq_fail(archive->reader->err, SQ_EFORMAT,
                       "%s: the pickle says that storage data/%s has %zu bytes, the archive says "
                       "%llu; is it damaged?",
                       archive->reader->path, shown, storage->bytes,
                       (unsigned long long)entry.size);
    storage->at = entry.index;
    storage->found = true;
    return sq_zip_check(archive, name, &entry);
}

static int read_tensors(struct sq_zip *archive, const struct sq_pickle *pickle)
{
    struct sq_torch torch = {.reader = archive->reader, .pickle = pickle};
    bool big_endian = false;
    int rc = sq_torch_collect(&torch);
    if (rc == SQ_OK)
        rc = read_byteorder(archive, &big_endian);
    for (uint32_t i = 0; rc == SQ_OK && i < torch.n_storages; i++)
        if (torch.storage[i].used)
            rc = find_storage(archive, &torch.storage[i]);
    if (rc == SQ_OK)
        rc = sq_torch_attach(&torch, big_endian);
    sq_torch_free(&torch);
    return rc;
}

static int fetch_member(struct sq_checkpoint_reader *reader, struct sq_checkpoint_source *source)
{
    unsigned char *data = NULL;
    const int rc = sq_zip_read(reader->checkpoint->zip, source->at, source->bytes, &data);
    source->data = data;
    return rc;
}

static int open_member(struct sq_checkpoint_reader *reader, struct sq_checkpoint_stream *stream)
{
    return sq_zip_stream_open(reader->checkpoint->zip, stream->source->at, &stream->member);
}

static int read_member_on(struct sq_checkpoint_reader *reader,
                          const struct sq_checkpoint_stream *stream, void *out, size_t n)
{
    const struct sq_checkpoint_source *source = stream->source;
    return sq_zip_stream_read(reader->checkpoint->zip, source->at, stream->member, out, n,
                              stream->at + n == source->bytes);
}

static void close_member(struct sq_checkpoint_stream *stream)
{
    sq_zip_member_close(stream->member);
}

static const struct sq_checkpoint_access members = {
    .fetch = fetch_member, .open = open_member, .read = read_member_on, .close = close_member};

int sq_torch_zip_read(struct sq_checkpoint_reader *reader)
{
    struct sq_checkpoint *checkpoint = reader->checkpoint;
    struct sq_pickle pickle = {0};
    struct sq_zip *archive = sq_arena_alloc(&checkpoint->arena, 1, sizeof *archive);
    if (archive == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    archive->reader = reader;
    checkpoint->zip = archive;
    checkpoint->access = &members;
    int rc = sq_zip_open(archive);
    if (rc != SQ_OK)
        return rc;
    rc = find_root(archive);
    if (rc == SQ_OK)
        rc = read_pickle(archive, &pickle);
    if (rc == SQ_OK)
        rc = read_tensors(archive, &pickle);
    sq_pickle_free(&pickle);
    reader->checkpoint->container = "PyTorch zip";
    return rc;
}
