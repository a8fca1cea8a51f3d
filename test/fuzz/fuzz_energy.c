/* Any bytes as what energy prices: a report, the rates of a network, a table; and behind a NUL as the figures that are
 * compared with it, or as the hardware profile of a table. The first byte says which, how it is divided and how it is
 * written: it is refused by a sentence or priced, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/api/calls.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const per[] = {NULL, "layer", "block", "timestep", "sample", "class"};
static const char *const format[] = {"table", "json", "csv", "latex"};

/* `how`: bits 0 and 1 the source, 2 and 3 the format, 4 to 6 the parts. */
static void choose(struct sq_energy_choices *options, uint8_t how, const char *path,
                   const char *text)
{
    options->format = format[how >> 2 & 3];
    options->per = per[(how >> 4 & 7) % (sizeof per / sizeof per[0])];
    if ((how & 3) == 1) {
        options->rates = path;
        options->config = "fashion-2-64";
    } else if ((how & 3) == 2) {
        options->table = path;
        options->per = NULL;
    } else {
        options->report = path;
        options->report_text = text;
    }
}

static uint64_t price_once(const struct sq_energy_choices *options)
{
    spikeq_ctx *ctx;
    char *text = NULL;
    must(spikeq_ctx_new(&ctx) == SPIKEQ_OK);
    const int status = sq_api_energy(ctx, options, &text);
    const char *said = status == SPIKEQ_OK ? text : spikeq_error_text(ctx);
    must(said != NULL && said[0] != '\0');
    const uint64_t hash = fuzz_digest((uint64_t)status, said, strlen(said));
    if (status == SPIKEQ_OK)
        spikeq_free(text);
    spikeq_ctx_free(ctx);
    return hash;
}

/* The file behind the NUL; -1 without one. */
static int open_other(struct sq_energy_choices *options, uint8_t how, const uint8_t *data,
                      size_t size, char path[32])
{
    const int fd = memfd_create("other", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    if (options->table != NULL) {
        options->hardware = path;
    } else {
        options->compare = path;
        options->convention = how & 0x80 ? "paper" : "exact";
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
    struct sq_energy_choices options = {.width = 80};
    choose(&options, how, source.path, text);
    const int other = end != NULL ? open_other(&options, how, end + 1, size - own - 1, path) : -1;
    must(price_once(&options) == price_once(&options));
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
