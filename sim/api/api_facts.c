/* spikeq_facts(): how the library was built, and which of its kernels run here. */
#include "kernels/base/cpu.h"
#include "sim/api/context.h"
#include "sim/json/page.h"

#include <string.h>

/* Set by the Makefile; other builds say less. */
#ifndef SQ_BUILD_VARIANT
#define SQ_BUILD_VARIANT "unknown variant"
#endif
#ifndef SQ_LIBRARIES
#define SQ_LIBRARIES ""
#endif

#ifdef __clang__
#define COMPILER __VERSION__ /* "Debian Clang 14.0.6" */
#else
#define COMPILER "gcc " __VERSION__
#endif

static void print_row(FILE *to, const char *name, const char *value, size_t n)
{
    fprintf(to, "%-10s  %.*s\n", name, (int)n, value);
}

/* The instruction sets that kernels were built for, "scalar, avx2, avx512", and those that run. */
static void print_isa(FILE *to)
{
    static const char names[] = SQ_ISA_NAMES;
    const char *built = strchr(names, ' ') + 1; /* behind "auto, " */
    char runs[sizeof names] = "", name[16];
    for (const char *at = built; *at != '\0'; at += strspn(at, ", ")) {
        const size_t n = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        at += n;
        if (sq_cpu_restrict(sq_cpu_detect().features, name) < 0)
            continue;
        const size_t used = strlen(runs);
        snprintf(runs + used, sizeof runs - used, "%s%s", used > 0 ? ", " : "", name);
    }
    print_row(to, "kernels", built, strlen(built));
    print_row(to, "runs here", runs, strlen(runs));
    print_row(to, "MPI", sq_cluster_mpi_library(), strlen(sq_cluster_mpi_library()));
}

/* "libuv 1.44.2;libcjson 1.7.15;..." */
static void print_libraries(FILE *to)
{
    char name[32];
    for (const char *at = SQ_LIBRARIES; *at != '\0'; at += strspn(at, "; ")) {
        const size_t n = strcspn(at, ";"), space = strcspn(at, " ;");
        snprintf(name, sizeof name, "%.*s", (int)space, at);
        if (space < n)
            print_row(to, name, at + space + 1, n - space - 1);
        at += n;
    }
}

int spikeq_facts(spikeq_ctx *ctx, char **text)
{
    struct sq_page page;
    const int status = sq_page_open(&ctx->error, &page);
    if (status != SQ_OK)
        return status;
    fprintf(page.stream, "spikeq %s\n", spikeq_version());
    static const char compiler[] = COMPILER ", " SQ_BUILD_VARIANT;
    print_row(page.stream, "compiler", compiler, strlen(compiler));
    print_isa(page.stream);
    print_libraries(page.stream);
    return sq_page_close(&ctx->error, &page, text);
}
