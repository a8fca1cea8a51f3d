#include "kernels/base/plural.h"

#include "kernels/base/option_names.h"
#include "sim/inspect/inspect.h"

#include "sim/account/sheets/csv.h"
#include "sim/checkpoint/checkpoint.h"
#include "sim/graph/architecture.h"
#include "sim/import/import_kind.h"
#include "sim/input/archives/archive_reader.h"
#include "sim/input/collection.h"
#include "sim/input/collection_sources.h"
#include "sim/input/images/image_file.h"
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "traces/files/whole_file.h"
#include "traces/import/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_BYTES = 4096 };

/* The beginning of a regular file; nothing of any other file. */
static size_t read_head(const char *path, char head[HEAD_BYTES])
{
    const size_t n = sq_file_head(path, head, HEAD_BYTES - 1);
    head[n] = '\0';
    return n;
}

static int is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void note_run(const char *path, const char *more, struct sq_inspect_note *note)
{
    snprintf(note->next, sizeof note->next,
             "spikeq run " SQ_FLAG "model MODEL " SQ_FLAG "input %.500s%s", path, more);
}

/* Samples in the form that spikeq run takes: what they are is in collection->kind. */
static int note_collection(const char *path, const char *form, struct sq_inspect_note *note)
{
    static const struct sq_config any = {.classes = 1000000, .in_channels = 3};
    const struct sq_input_want want = {
        .channels = 3, .height = 32, .width = 32, .config = &any, .timesteps = 1};
    struct sq_collection *samples = NULL;
    if (sq_collection_open(NULL, path, &want, &samples) != SQ_OK)
        return 0;
    if (samples->n_classes > 0)
        snprintf(note->what, sizeof note->what, "%s of %" PRIu64 " file%s in %" PRIu64 " class%s",
                 form, samples->n, sq_s(samples->n), samples->n_classes,
                 samples->n_classes == 1 ? "" : "es");
    else
        snprintf(note->what, sizeof note->what, "%s of %" PRIu64 " file%s", form, samples->n,
                 sq_s(samples->n));
    note_run(path, "; of recordings of event cameras with " SQ_FLAG "frames RULE", note);
    sq_collection_free(samples);
    return 1;
}

static int note_cifar(const char *path, struct sq_inspect_note *note)
{
    struct sq_collection batch = {.path = path};
    const int is_one = sq_collection_add_cifar(NULL, &batch) == SQ_OK;
    if (is_one) {
        snprintf(note->what, sizeof note->what, "a CIFAR-%s batch of %" PRIu64 " image%s",
                 batch.label_bytes == 1 ? "10" : "100", batch.n, sq_s(batch.n));
        note_run(path, "", note);
    }
    sq_collection_clear(&batch);
    return is_one;
}

/* The value of "format" near the beginning of a JSON text, or "". */
static void format_of(const char *head, char *out, size_t size)
{
    const char *at = strstr(head, "\"format\"");
    at = at != NULL ? strchr(at + strlen("\"format\""), '"') : NULL;
    snprintf(out, size, "%.*s", at != NULL ? (int)strcspn(at + 1, "\"") : 0,
             at != NULL ? at + 1 : "");
}

static int note_config(struct sq_error *err, const char *path, struct sq_inspect_note *note)
{
    char name[4096];
    struct sq_config config;
    snprintf(name, sizeof name, "%s%s", strchr(path, '/') != NULL ? "" : "./", path);
    const int status = sq_config_load(err, "", name, &config);
    if (status != SQ_OK)
        return status;
    snprintf(note->what, sizeof note->what,
             "a configuration: %s, architecture %.100s, depth %u, dim %u", config.name,
             config.architecture[0] != '\0' ? config.architecture : "(of the weights)",
             config.depth, config.dim);
    snprintf(note->next, sizeof note->next,
             "spikeq run " SQ_FLAG "config %.500s " SQ_FLAG "model MODEL " SQ_FLAG "input FILE",
             path);
    return 1;
}

/* A JSON file that lists nodes. */
static int note_architecture(const char *path, struct sq_inspect_note *note)
{
    char name[4096];
    struct sq_architecture architecture;
    snprintf(name, sizeof name, "%s%s", strchr(path, '/') != NULL ? "" : "./", path);
    const int is_one = sq_architecture_open(NULL, "", name, &architecture) == SQ_OK;
    if (is_one) {
        snprintf(note->what, sizeof note->what, "an architecture: %.63s", architecture.name);
        snprintf(note->next, sizeof note->next, "spikeq graph %.500s " SQ_FLAG "config NAME", path);
    }
    sq_architecture_close(&architecture);
    return is_one;
}

static int note_json(struct sq_error *err, const char *path, const char *head,
                     struct sq_inspect_note *note)
{
    static const struct {
        const char *format, *what, *next;
    } own[] = {
        {"spikeq report", "a report of spikeq run", "spikeq energy %.600s"},
        {"spikeq analysis", "an analysis of spikeq analyze",
         "made of traces; spikeq analyze TRACE " SQ_FLAG "html PAGE.html makes the page of one"},
        {"spikeq-hardware/", "a hardware profile",
         "spikeq energy REPORT " SQ_FLAG "hardware %.600s"},
    };
    char format[64];
    format_of(head, format, sizeof format);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strncmp(format, own[i].format, strlen(own[i].format)) != 0)
            continue;
        snprintf(note->what, sizeof note->what, "%s", own[i].what);
        const char *gap = strstr(own[i].next, "%.600s");
        snprintf(note->next, sizeof note->next, "%.*s%.600s",
                 gap != NULL ? (int)(gap - own[i].next) : (int)strlen(own[i].next), own[i].next,
                 gap != NULL ? path : "");
        return 1;
    }
    return note_architecture(path, note) ? 1 : note_config(err, path, note);
}

/* Tables that spikeq energy reads, known by the names of their columns. */
static int note_table(const char *path, struct sq_inspect_note *note)
{
    struct sq_csv csv = {0};
    const int is_csv = sq_csv_read(NULL, path, &csv) == SQ_OK;
    const int name = is_csv && sq_csv_column(&csv, "name") >= 0;
    const int rate = is_csv && sq_csv_column(&csv, "rate") >= 0;
    const int dense = is_csv && sq_csv_column(&csv, "dense") >= 0;
    const int ops = is_csv && sq_csv_column(&csv, "ops") >= 0;
    const int kind = is_csv && sq_csv_column(&csv, "kind") >= 0;
    sq_csv_free(&csv);
    if (!name || (!rate && !dense && !ops))
        return 0;
    snprintf(note->what, sizeof note->what, "%s",
             kind && dense ? "a table of layers"
             : rate        ? "a table of firing rates"
                           : "a table of another tool's figures");
    snprintf(note->next, sizeof note->next, "spikeq energy %s %.500s%s",
             kind && dense ? SQ_FLAG "table"
             : rate        ? SQ_FLAG "rates"
                           : "REPORT " SQ_FLAG "compare",
             path, !(kind && dense) && rate ? " " SQ_FLAG "config NAME" : "");
    return 1;
}

static int note_import(const char *path, struct sq_inspect_note *note)
{
    struct sq_import_kind kind;
    if (!sq_import_kind_of(path, &kind))
        return 0;
    snprintf(note->what, sizeof note->what, "%s", kind.what);
    snprintf(note->next, sizeof note->next,
             "spikeq import %.500s " SQ_FLAG "format %s -o TRACE%s%s", path, kind.format,
             kind.options[0] != '\0' ? " " : "", kind.options);
    return 1;
}

/* A comma-separated list of spikes is text that begins like no other. */
static int note_spikes(const char *path, struct sq_inspect_note *note)
{
    struct sq_import_kind kind;
    return sq_import_kind_of(path, &kind) && strcmp(kind.format, "csv") == 0
               ? note_import(path, note)
               : 0;
}

static int note_folder(struct sq_error *err, const char *path, struct sq_inspect_note *note)
{
    if (note_collection(path, "a folder", note))
        return 1;
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: is a directory in which no samples were found; name a file in it, or give "
                   "it to spikeq run " SQ_FLAG "input or spikeq import",
                   path);
}

static int note_image(struct sq_error *err, const char *path, const char *head,
                      struct sq_inspect_note *note)
{
    struct sq_image image = {0};
    const int status = sq_image_measure(err, path, 3, &image);
    if (status != SQ_OK)
        return status;
    snprintf(note->what, sizeof note->what, "a %s image, %ux%u", head[0] == '\x89' ? "PNG" : "JPEG",
             image.height, image.width);
    note_run(path, "", note);
    return 1;
}

int sq_inspect_note_of(struct sq_error *err, const char *path, struct sq_inspect_note *note)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which Windows writes */
    char head[HEAD_BYTES];
    if (is_folder(path))
        return note_folder(err, path, note);
    const size_t n = read_head(path, head);
    const char *text = head + (strncmp(head, mark, 3) == 0 ? 3 : 0);
    text += strspn(text, " \t\r\n");
    if (sq_image_knows((const unsigned char *)head, n)) {
        return note_image(err, path, head, note);
    }
    if (sq_archive_knows(path, (const unsigned char *)head, n))
        return note_collection(path, "a tar archive", note);
    if (*text == '{')
        return note_json(err, path, head, note);
    if (memchr(head, '\0', n) != NULL || n == 0)
        return 0;
    if (note_spikes(path, note) || note_table(path, note))
        return 1;
    return sq_collection_is_list(path, (const unsigned char *)head, n) &&
           note_collection(path, "a list", note);
}

static int is_sonata(const char *path)
{
    const struct sq_recording_want want = {.dt_ms = 1};
    struct sq_recording *recording = NULL;
    const int status = sq_recording_open(NULL, path, SQ_RECORDING_SONATA, &want, &recording);
    sq_recording_close(recording);
    return status == SQ_OK || status == SQ_EVALUE; /* such as two spikes in a timestep of 1 ms */
}

int sq_inspect_last_note_of(const char *path, struct sq_inspect_note *note)
{
    struct sq_import_kind kind;
    struct sq_checkpoint *tensors = NULL;
    if (!sq_file_is_regular(path))
        return 0;
    if (note_cifar(path, note))
        return 1;
    if (!sq_import_kind_of(path, &kind) || strcmp(kind.format, "npz") == 0)
        return 0;
    if (strcmp(kind.format, "prosperity") == 0) { /* any pickle begins so */
        const int is_one = sq_checkpoint_open_nested(NULL, path, &tensors) == SQ_OK;
        sq_checkpoint_free(tensors);
        if (!is_one)
            return 0;
    }
    if (strcmp(kind.format, "sonata") == 0 && !is_sonata(path)) /* any HDF5 file begins so */
        return 0;
    return note_import(path, note);
}

int sq_inspect_note_text(struct sq_error *err, const char *path, int as_json,
                         const struct sq_inspect_note *note, char **text)
{
    struct sq_page page;
    if (as_json) {
        cJSON *root = cJSON_CreateObject();
        sq_json_add_text(root, "path", path);
        sq_json_add_text(root, "container", note->what);
        sq_json_add_text(root, "next", note->next);
        return sq_page_json(err, root, text);
    }
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    fprintf(page.stream, "%s: %s\nnext      %s\n", path, note->what, note->next);
    return sq_page_close(err, &page, text);
}
