/* Any bytes as what energy prices: a report, the rates of a network, a table; and behind a NUL as the figures that are
 * compared with it, or as the hardware profile of a table. The first byte says which, how it is divided and how it is
 * written: it is refused by a sentence or priced, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/spikeq.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const per[] = {NULL, "layer", "block", "timestep", "sample", "class"};
static const char *const format[] = {"table", "json", "csv", "latex"};

/* What is asked: options by name, and a report's text or NULL. */
struct request {
    const char *setting[8][2]; /* name, value or NULL */
    size_t n;
    const char *json;
};

static void choose(struct request *request, const char *name, const char *value)
{
    must(request->n < sizeof request->setting / sizeof request->setting[0]);
    request->setting[request->n][0] = name;
    request->setting[request->n++][1] = value;
}

/* `how`: bits 0 and 1 the source, 2 and 3 the format, 4 to 6 the parts. */
static void choose_source(struct request *request, uint8_t how, const char *path, const char *text)
{
    choose(request, "format", format[how >> 2 & 3]);
    if ((how & 3) != 2)
        choose(request, "per", per[(how >> 4 & 7) % (sizeof per / sizeof per[0])]);
    if ((how & 3) == 1) {
        choose(request, "rates", path);
        choose(request, "config", "fashion-2-64");
    } else if ((how & 3) == 2) {
        choose(request, "table", path);
    } else {
        request->json = text;
    }
}

static uint64_t price_once(const struct request *request)
{
    spikeq_ctx *ctx;
    spikeq_options *options;
    char *text = NULL;
    must(spikeq_ctx_new(&ctx) == SPIKEQ_OK);
    must(spikeq_options_new(ctx, "energy", &options) == SPIKEQ_OK);
    for (size_t i = 0; i < request->n; i++)
        must(spikeq_options_set(options, request->setting[i][0], request->setting[i][1]) ==
             SPIKEQ_OK);
    const int status = request->json != NULL
                           ? spikeq_energy_of_report(ctx, request->json, options, 80, &text)
                           : spikeq_energy(ctx, NULL, 0, options, 80, &text);
    const char *said = status == SPIKEQ_OK ? text : spikeq_error_text(ctx);
    must(said != NULL && said[0] != '\0');
    const uint64_t hash = fuzz_digest((uint64_t)status, said, strlen(said));
    if (status == SPIKEQ_OK)
        spikeq_free(text);
    spikeq_options_free(options);
    spikeq_ctx_free(ctx);
    return hash;
}

/* The file behind the NUL. */
static int open_other(struct request *request, uint8_t how, const uint8_t *data, size_t size,
                      char path[32])
{
    const int fd = memfd_create("other", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    if ((how & 3) == 2) {
        choose(request, "hardware", path);
    } else {
        choose(request, "compare", path);
        choose(request, "convention", how & 0x80 ? "paper" : "exact");
    }
    return fd;
}

static void price(uint8_t how, const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    const size_t own = end != NULL ? (size_t)(end - data) : size;
    char *text = strndup((const char *)data, own), path[32];
    must(text != NULL);
    const struct fuzz_file source = fuzz_file_open(data, own);
    struct request request = {.n = 0};
    choose_source(&request, how, source.path, text);
    const int other = end != NULL ? open_other(&request, how, end + 1, size - own - 1, path) : -1;
    must(price_once(&request) == price_once(&request));
    if (other >= 0)
        close(other);
    close(source.fd);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    setenv("SPIKEQ_CONFIGS", "configs", 1);
    if (size > 0)
        price(data[0], data + 1, size - 1);
    return 0;
}
