/* A library for LD_PRELOAD: while main() runs, allocation number SPIKEQ_FAIL_AT fails, once. At the
 * end of main() SPIKEQ_FAIL_LOG becomes a file "ALLOCATIONS BLOCKS": how many there were, and how
 * many blocks were not freed. SPIKEQ_FAIL_LOG.site names the library that asked for the one that
 * failed. Part of the tests, never of the product. */
#define _GNU_SOURCE /* RTLD_NEXT, dladdr() */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* glibc's own, under the names it keeps for this. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *block);

static atomic_int is_counting;
static atomic_long n_allocations, n_blocks, fails_at = -1;

static void write_file(const char *ending, const char *text)
{
    char path[4096];
    const char *log = getenv("SPIKEQ_FAIL_LOG");
    if (log == NULL)
        return;
    snprintf(path, sizeof path, "%s%s", log, ending);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(99);
    close(fd);
}

/* Is this the one? */
static int fails(void *caller)
{
    Dl_info info;
    if (!atomic_load(&is_counting))
        return 0;
    if (atomic_fetch_add(&n_allocations, 1) != atomic_load(&fails_at))
        return 0;
    write_file(".site", dladdr(caller, &info) != 0 ? info.dli_fname : "");
    errno = ENOMEM;
    return 1;
}

static void *counted(void *block)
{
    if (block != NULL)
        atomic_fetch_add(&n_blocks, 1);
    return block;
}

EXPORT void *malloc(size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(n));
}

EXPORT void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(count, size));
}

EXPORT void *realloc(void *block, size_t n)
{
    if (fails(__builtin_return_address(0)))
        return NULL;
    return block == NULL ? counted(__libc_realloc(NULL, n)) : __libc_realloc(block, n);
}

static void *aligned(void *caller, size_t alignment, size_t n)
{
    return fails(caller) ? NULL : counted(__libc_memalign(alignment, n));
}

EXPORT void *memalign(size_t alignment, size_t n)
{
    return aligned(__builtin_return_address(0), alignment, n);
}

EXPORT void *aligned_alloc(size_t alignment, size_t n)
{
    return aligned(__builtin_return_address(0), alignment, n);
}

EXPORT int posix_memalign(void **out, size_t alignment, size_t n)
{
    void *block = aligned(__builtin_return_address(0), alignment, n);
    if (block != NULL)
        *out = block;
    return block != NULL ? 0 : ENOMEM;
}

EXPORT void free(void *block)
{
    if (block != NULL)
        atomic_fetch_sub(&n_blocks, 1);
    __libc_free(block);
}

static int (*real_main)(int argc, char **argv, char **environment);

static void write_log(void)
{
    char line[64];
    snprintf(line, sizeof line, "%ld %ld\n", atomic_load(&n_allocations), atomic_load(&n_blocks));
    write_file("", line);
}

static int counting_main(int argc, char **argv, char **environment)
{
    const char *at = getenv("SPIKEQ_FAIL_AT");
    atomic_store(&fails_at, at != NULL ? atol(at) : -1);
    atomic_store(&n_blocks, 0);
    atomic_store(&is_counting, 1);
    const int status = real_main(argc, argv, environment);
    atomic_store(&is_counting, 0);
    write_log();
    return status;
}

typedef int start_fn(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                     void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

/* The loader's call of main(): ours goes between. */
EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                             void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                             void *stack_end)
{
    start_fn *next;
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = main;
    return next(counting_main, argc, argv, init, fini, rtld_fini, stack_end);
}
