/* Processor seconds and memory of an input's parts: bench_input PATH [names|content] prints listing (with the sizes of all
 * images), digest, reading of every sample into pixels of 32x32, and the peak of memory; bench_input PATH list, listing
 * alone, which opens no file. Used by input.sh, which makes inputs; without PATH it says so. */
#include "sim/input/collection.h"
#include "sim/input/input.h"
#include "test/bench/measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 32, PIXELS = 3 * SIDE * SIDE };

/* Of the processor: what else the machine does plays no part. */
static double seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void require(int rc, const struct sq_error *err)
{
    if (rc == SQ_OK)
        return;
    fprintf(stderr, "bench_input: %s\n", err->text);
    exit(EXIT_FAILURE);
}

/* Of this program alone; getrusage() remembers the one that began it. */
static long peak_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

static const struct sq_config config = {.fit = SQ_FIT_PAD};
static const struct sq_input_want want = {0, 3, SIDE, SIDE, 0, &config, NULL};

static void list(const char *path)
{
    struct sq_collection *collection = NULL;
    struct sq_error err = {0};
    const double begin = seconds();
    require(sq_collection_open(&err, path, &want, &collection), &err);
    printf("%" PRIu64 " samples: list %.2f s (%ld KiB)\n", collection->n, seconds() - begin,
           peak_kib());
    sq_collection_free(collection);
}

static void measure(const char *path, enum sq_input_identity identity)
{
    struct sq_input *input = NULL;
    struct sq_error err = {0};
    char digest[65];
    float pixels[PIXELS];
    int32_t label;
    const double begin = seconds();
    require(sq_input_open(&err, path, NULL, &want, 0, &input), &err);
    const double listed = seconds();
    const long listed_kib = peak_kib();
    require(sq_input_digest(&err, input, identity, digest), &err);
    const double digested = seconds();
    for (uint64_t i = 0; i < sq_input_count(input); i++)
        require(sq_input_next(&err, input, pixels, &label), &err);
    const double read = seconds();
    printf("%" PRIu64 " samples: list %.2f s (%ld KiB), digest %.2f s, read %.2f s, in all %.2f s, "
           "%ld KiB; %.12s...\n",
           sq_input_count(input), listed - begin, listed_kib, digested - listed, read - digested,
           read - begin, peak_kib(), digest);
    sq_input_free(input);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        puts("bench_input: test/bench/input.sh makes its inputs");
        return EXIT_SUCCESS;
    }
    if (argc > 2 && strcmp(argv[2], "list") == 0) {
        list(argv[1]);
        return EXIT_SUCCESS;
    }
    const bool by_names = argc > 2 && strcmp(argv[2], "names") == 0;
    measure(argv[1], by_names ? SQ_IDENTITY_NAMES : SQ_IDENTITY_CONTENT);
    return EXIT_SUCCESS;
}
