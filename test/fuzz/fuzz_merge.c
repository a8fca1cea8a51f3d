/* Any texts, up to four with a NUL between them, as the reports of shards: they are refused by a sentence, or make a
 * whole report, which the next call makes again. */
#define _GNU_SOURCE

#include "sim/merge/merge.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4, ROOM = 80 };

static char shard[MOST][ROOM], whole[ROOM];

static void remove_files(void)
{
    for (int i = 0; i < MOST; i++)
        unlink(shard[i]);
    unlink(whole);
}

static void name_files(void)
{
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    for (int i = 0; i < MOST; i++)
        snprintf(shard[i], ROOM, "%s/spikeq-fuzz-merge-%d-%d.json", folder, (int)getpid(), i);
    snprintf(whole, ROOM, "%s/spikeq-fuzz-merge-%d.json", folder, (int)getpid());
    atexit(remove_files);
}

static size_t split(const uint8_t *data, size_t size)
{
    size_t n = 0;
    do {
        const uint8_t *end = memchr(data, 0, size);
        const size_t own = end != NULL ? (size_t)(end - data) : size;
        FILE *file = fopen(shard[n++], "wb");
        must(file != NULL && fwrite(data, 1, own, file) == own && fclose(file) == 0);
        data += own + (end != NULL);
        size -= own + (end != NULL);
    } while (size > 0 && n < MOST);
    return n;
}

/* The whole report's text, or NULL after a refusal. */
static char *merge(size_t n, size_t *size)
{
    const char *const path[MOST] = {shard[0], shard[1], shard[2], shard[3]};
    const struct sq_merge_request request = {.path = path, .n = n, .out = whole, .force = 1};
    struct sq_merged merged = {0};
    struct sq_error err = {0};
    unlink(whole);
    if (sq_merge_reports(&err, &request, &merged) != SQ_OK) {
        must(err.text[0] != '\0' && access(whole, F_OK) != 0);
        return NULL;
    }
    FILE *file = fopen(whole, "rb");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    must(text != NULL && fread(text, 1, *size, file) == *size && fclose(file) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n_first = 0, n_second = 0;
    if (whole[0] == '\0')
        name_files();
    const size_t n = split(data, size);
    char *first = merge(n, &n_first), *second = merge(n, &n_second);
    must((first == NULL) == (second == NULL) && n_first == n_second);
    must(first == NULL || memcmp(first, second, n_first) == 0);
    free(first);
    free(second);
    return 0;
}
