/* What torch.save() wrote before PyTorch 1.6: five pickles in a row (magic number, protocol
 * version, a dict about the system, the main pickle, the list of storage keys), then for each key
 * the number of elements (8 bytes) and the elements. */
#include "sim/checkpoint/torch.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROTOCOL = 1001,
    COUNT_BYTES = 8,
    SNIFF_BYTES = 1 << 20, /* for a file that may not be a checkpoint at all */
    MAX_PICKLE_BYTES = 1 << 26,
    N_PICKLES = 5,
};

/* 0x1950a86a20f9469cfc6c */
static const unsigned char magic[] = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

/* The pickles lie in memory. The storages after them are read from the file on demand; those of a
 * nested file lie in memory too. */
struct stream {
    struct sq_checkpoint_reader *reader;
    const unsigned char *data;
    size_t window; /* bytes of data */
    size_t size, at;
    size_t base; /* where data lies in the file, for messages */
    bool nested;
    bool big_endian;
};

/* Parse the pickle at stream->at and step over it. */
static int next_pickle(struct stream *stream, struct sq_error *err, struct sq_pickle *pickle)
{
    *pickle = (struct sq_pickle){.err = err,
                                 .path = stream->reader->path,
                                 .base = stream->base + stream->at,
                                 .data = stream->data + stream->at,
                                 .size = stream->window - stream->at};
    const int rc = sq_pickle_parse(pickle);
    stream->at += pickle->at;
    return rc;
}

static bool is_magic(const struct sq_pickle *pickle)
{
    const struct sq_pickle_value *v = &pickle->value[pickle->result];
    return v->kind == SQ_PICKLE_LONG && v->n == sizeof magic &&
           memcmp(v->text, magic, sizeof magic) == 0;
}

/* The first pickle did not parse: say what it names if it is a pickle, else what the file is. */
static int explain(const struct stream *stream, const struct sq_pickle *pickle,
                   const struct sq_error *found)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    const bool binary_pickle = stream->data[0] == 0x80;
    if (found->code == SQ_EFORMAT && binary_pickle && stream->window < reader->size)
        return sq_checkpoint_refuse(reader,
                                    "a large Python pickle that torch.save() did not write");
    if (!pickle->names_refused && !binary_pickle)
        return sq_checkpoint_refuse(reader, sq_foreign_text(stream->data, stream->window));
    return sq_fail(reader->err, found->code, "%s", found->text);
}

/* Any file may come here: distinguish a legacy checkpoint, another pickle and no pickle. */
static int sniff(struct sq_checkpoint_reader *reader)
{
    const size_t n = reader->size < SNIFF_BYTES ? (size_t)reader->size : SNIFF_BYTES;
    struct stream stream = {.reader = reader, .window = n, .size = n};
    unsigned char *data = malloc(n);
    struct sq_pickle pickle = {0};
    struct sq_error found = {0};
    if (data == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    stream.data = data;
    int rc = sq_checkpoint_read_bytes(reader, 0, data, n);
    if (rc == SQ_OK) {
        rc = next_pickle(&stream, &found, &pickle);
        if (rc != SQ_OK)
            rc = explain(&stream, &pickle, &found);
        else if (!is_magic(&pickle))
            rc = sq_checkpoint_refuse(reader, "a plain Python pickle without PyTorch tensors");
    }
    sq_pickle_free(&pickle);
    free(data);
    return rc;
}

static int read_protocol(struct stream *stream)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    struct sq_pickle pickle;
    int rc = next_pickle(stream, reader->err, &pickle);
    if (rc == SQ_OK) {
        const struct sq_pickle_value *v = &pickle.value[pickle.result];
        if (v->kind != SQ_PICKLE_INT || v->integer != PROTOCOL)
            rc = sq_fail(reader->err, SQ_EUNSUPPORTED,
                         "%s: a PyTorch legacy file of an unknown version (1001 is known); save "
                         "it again with a current PyTorch",
                         reader->path);
    }
    sq_pickle_free(&pickle);
    return rc;
}

/* {'protocol_version': 1001, 'little_endian': True, 'type_sizes': {...}} */
static int read_system(struct stream *stream)
{
    struct sq_pickle pickle;
    const int rc = next_pickle(stream, stream->reader->err, &pickle);
    const struct sq_pickle_value *dict = rc == SQ_OK ? &pickle.value[pickle.result] : NULL;
    if (dict != NULL && dict->kind == SQ_PICKLE_DICT)
        for (uint32_t i = 0; i + 1 < dict->n; i += 2)
            if (sq_pickle_is_text(&pickle, dict->item[i], "little_endian"))
                stream->big_endian = dict->item[i + 1] == SQ_PICKLE_VALUE_FALSE;
    sq_pickle_free(&pickle);
    return rc;
}

static int truncated(const struct stream *stream)
{
    return sq_fail(stream->reader->err, SQ_EFORMAT,
                   "%s: truncated: the file ends at byte %zu, inside a storage; copy it again",
                   stream->reader->path, stream->base + stream->size);
}

/* The number of elements in front of a storage. */
static int take_count(struct stream *stream, uint64_t *n)
{
    unsigned char byte[COUNT_BYTES];
    int rc = SQ_OK;
    if (stream->size - stream->at < COUNT_BYTES)
        return truncated(stream);
    if (stream->nested)
        memcpy(byte, stream->data + stream->at, COUNT_BYTES);
    else
        rc = sq_checkpoint_read_bytes(stream->reader, stream->at, byte, COUNT_BYTES);
    *n = 0;
    for (size_t i = 0; rc == SQ_OK && i < COUNT_BYTES; i++)
        *n = *n << 8 | byte[stream->big_endian ? i : COUNT_BYTES - 1 - i];
    stream->at += COUNT_BYTES;
    return rc;
}

static int find_storage(struct stream *stream, struct sq_torch_storage *storage)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    char shown[64];
    uint64_t n = 0;
    const int rc = take_count(stream, &n);
    if (rc != SQ_OK)
        return rc;
    if (n != storage->n_elements)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: the pickle says that storage %s has %llu elements, byte %zu says "
                       "%llu; is the file damaged?",
                       reader->path,
                       sq_printable(shown, sizeof shown, storage->key, storage->key_bytes),
                       (unsigned long long)storage->n_elements,
                       stream->base + stream->at - COUNT_BYTES, (unsigned long long)n);
    if (stream->size - stream->at < storage->bytes)
        return truncated(stream);
    storage->found = true;
    storage->at = stream->at;
    storage->data = stream->nested ? stream->data + stream->at : NULL;
    stream->at += storage->bytes;
    return SQ_OK;
}

static int read_listed(struct stream *stream, struct sq_torch *torch, const struct sq_pickle *keys)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    const struct sq_pickle_value *list = &keys->value[keys->result];
    if (list->kind != SQ_PICKLE_LIST)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: the list of storages is not a list; is the "
                       "file damaged?",
                       reader->path);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct sq_pickle_value *key = &keys->value[list->item[i]];
        struct sq_torch_storage *storage =
            key->kind == SQ_PICKLE_TEXT ? sq_torch_find_storage(torch, key->text, key->n) : NULL;
        if (storage == NULL || storage->found)
            return sq_fail(reader->err, SQ_EFORMAT,
                           "%s: the list of storages has an entry that the pickle does not "
                           "mention, or one twice; is the file damaged?",
                           reader->path);
        const int rc = find_storage(stream, storage);
        if (rc != SQ_OK)
            return rc;
    }
    return SQ_OK;
}

static int read_storages(struct stream *stream, struct sq_torch *torch)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    struct sq_pickle keys;
    int rc = next_pickle(stream, reader->err, &keys);
    if (rc == SQ_OK)
        rc = read_listed(stream, torch, &keys);
    sq_pickle_free(&keys);
    for (uint32_t i = 0; rc == SQ_OK && i < torch->n_storages; i++)
        if (torch->storage[i].used && !torch->storage[i].found)
            rc = sq_fail(reader->err, SQ_EFORMAT,
                         "%s: a tensor's storage is missing from the list of storages; is the "
                         "file damaged?",
                         reader->path);
    return rc;
}

static int read_tensors(struct stream *stream)
{
    struct sq_pickle pickle;
    struct sq_torch torch = {.reader = stream->reader, .pickle = &pickle};
    int rc = next_pickle(stream, stream->reader->err, &pickle);
    if (rc == SQ_OK)
        rc = sq_torch_collect(&torch);
    if (rc == SQ_OK)
        rc = read_storages(stream, &torch);
    if (rc == SQ_OK)
        rc = sq_torch_attach(&torch, stream->big_endian);
    sq_torch_free(&torch);
    sq_pickle_free(&pickle);
    return rc;
}

/* The main pickle is nothing but the storage. */
static int read_lone_storage(struct stream *stream, struct sq_torch_storage *out)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    struct sq_pickle pickle;
    struct sq_torch torch = {.reader = stream->reader, .pickle = &pickle};
    int rc = next_pickle(stream, reader->err, &pickle);
    if (rc == SQ_OK)
        rc = sq_torch_list_storages(&torch);
    if (rc == SQ_OK &&
        (torch.n_storages != 1 || pickle.value[pickle.result].kind != SQ_PICKLE_STORAGE))
        rc = sq_fail(reader->err, SQ_EUNSUPPORTED,
                     "%s: refused: the bytes at %zu are not one tensor's storage", reader->path,
                     stream->base);
    if (rc == SQ_OK) {
        torch.storage[0].used = true;
        rc = read_storages(stream, &torch);
    }
    if (rc == SQ_OK)
        *out = torch.storage[0];
    sq_torch_free(&torch);
    sq_pickle_free(&pickle);
    return rc;
}

/* The three pickles in front of the main one. */
static int read_preamble(struct stream *stream)
{
    struct sq_pickle first;
    int rc = next_pickle(stream, stream->reader->err, &first);
    if (rc == SQ_OK && !is_magic(&first))
        rc = sq_fail(stream->reader->err, SQ_EFORMAT,
                     "%s: torch.save() did not write the bytes at %zu; is the file damaged?",
                     stream->reader->path, stream->base);
    sq_pickle_free(&first);
    if (rc == SQ_OK)
        rc = read_protocol(stream);
    return rc == SQ_OK ? read_system(stream) : rc;
}

int sq_torch_legacy_storage(struct sq_checkpoint_reader *reader, const unsigned char *data,
                            size_t size, size_t base, struct sq_torch_storage *out)
{
    struct stream stream = {
        .reader = reader, .data = data, .window = size, .size = size, .base = base, .nested = true};
    const int rc = read_preamble(&stream);
    if (rc == SQ_OK && stream.big_endian)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: its tensors were written on a big-endian machine; save them again",
                       reader->path);
    return rc == SQ_OK ? read_lone_storage(&stream, out) : rc;
}

/* Do all pickles end within the window? What else is wrong with them, reading them says. */
static bool window_suffices(const struct stream *stream)
{
    struct stream ahead = *stream;
    bool ends_early = false;
    int rc = SQ_OK;
    for (int i = 0; rc == SQ_OK && i < N_PICKLES; i++) {
        struct sq_pickle pickle;
        rc = next_pickle(&ahead, NULL, &pickle);
        ends_early = pickle.ends_early;
        sq_pickle_free(&pickle);
    }
    return !ends_early;
}

/* Read as much of the file's beginning as its pickles take; *out is freed by the caller, in any
 * case. */
static int read_window(struct stream *stream, unsigned char **out)
{
    const struct sq_checkpoint_reader *reader = stream->reader;
    size_t n = SNIFF_BYTES;
    for (;; n *= 2) {
        stream->window = n < stream->size ? n : stream->size;
        unsigned char *grown = realloc(*out, stream->window);
        if (grown == NULL)
            return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
        stream->data = *out = grown;
        const int rc = sq_checkpoint_read_bytes(reader, 0, grown, stream->window);
        if (rc != SQ_OK || stream->window == stream->size || n >= MAX_PICKLE_BYTES ||
            window_suffices(stream))
            return rc;
    }
}

int sq_torch_legacy_read(struct sq_checkpoint_reader *reader)
{
    struct stream stream = {.reader = reader, .size = (size_t)reader->size};
    unsigned char *data = NULL;
    int rc = sniff(reader);
    if (rc == SQ_OK)
        rc = read_window(&stream, &data);
    if (rc == SQ_OK)
        rc = read_preamble(&stream);
    if (rc == SQ_OK)
        rc = read_tensors(&stream);
    free(data);
    reader->checkpoint->container = "PyTorch legacy";
    return rc;
}
