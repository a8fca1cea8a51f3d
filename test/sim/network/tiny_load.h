/* One small network as a file, damaged by a test, and loaded. */
#ifndef SQ_TEST_TINY_LOAD_H
#define SQ_TEST_TINY_LOAD_H

#include "sim/network/network.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tiny_file.h"

static struct tiny_network net;
static struct tiny_tensors tensors;
static struct sq_network *loaded;
static struct sq_error err;

/* 1-16 with four heads, hidden 40, T 2, three channels of 8x12 (16x32), seven classes. */
static inline void tiny_prepare(enum tiny_layout layout, uint32_t depth)
{
    struct sq_rng rng = {11};
    const int is_cifar = layout == TINY_CIFAR10;
    tiny_draw_sizes(&rng, layout, &net);
    net.depth = depth;
    net.dim = 16;
    net.heads = 4;
    net.hidden = 40;
    net.timesteps = 2;
    net.channels = 3;
    net.classes = 7;
    net.height = is_cifar ? 8 : 16;
    net.width = is_cifar ? 12 : 32;
    tiny_fill(&rng, &net);
    tiny_tensors_of(&net, "", &tensors);
}

static inline void tiny_discard(void)
{
    sq_network_free(loaded);
    loaded = NULL;
    tiny_tensors_free(&tensors);
    tiny_free(&net);
    memset(&net, 0, sizeof net);
}

/* Write the tensors as they are now and load them; `set` may be NULL. */
static inline int tiny_load(const char *config, const char *set)
{
    const char *model = temp_path("model.safetensors");
    sq_network_free(loaded);
    loaded = NULL;
    tiny_write_tensors(&tensors, model);
    return sq_network_load(&err, temp_dir, model, config, &set, set != NULL, &loaded);
}

/* With the configuration that fits. */
static inline int tiny_load_own(const char *set)
{
    const char *config = temp_path("config.json");
    tiny_write_config(&net, config);
    return tiny_load(config, set);
}

static inline void expect_refused(int rc, int code, const char *part)
{
    expect(&err, rc, code, part);
    ck_assert_ptr_null(loaded);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}

#endif
