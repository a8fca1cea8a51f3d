/* From the start of the process to the first firing: 8-768 (66 million weights, drawn) at 224x224 in
 * float32 and in 8 bits, as .safetensors and as torch.save() writes it, file in the page cache; and what memory that
 * takes, in all and behind the first firing. In turn, each in a process of its own: medians of the rounds,
 * seconds and the ratio to a SHA-256 of the same file by one thread, which any run must compute.
 * Prints, judges nothing.
 *
 *   bench_load [ROUNDS [DEPTH DIM SIZE]]
 *   bench_load json ROUNDS   what start.py reads: a line a file and arithmetic, all rounds
 *
 * Files lie in $TMPDIR or /tmp. */
#include "sim/engine/run.h"
#include "test/bench/measure.h"
#include "test/support/pickle_writer.h"
#include "test/support/tiny_file.h"
#include "test/support/zip_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ROUNDS = 99, THREADS = 2, N_FIGURES = 4, N_CASES = 4 };

static const char *const container[] = {"model.safetensors", "model.pth"};
static const struct {
    size_t container;
    uint32_t weight_bits; /* 0: float32 */
} load_case[N_CASES] = {{0, 0}, {1, 0}, {0, 8}, {1, 8}};
static const char *const figure_name[N_FIGURES] = {"seconds to the first firing",
                                                   "in SHA-256 of the file", "peak MiB till then",
                                                   "peak MiB of the run"};

static void require(int status, const struct sq_error *err)
{
    if (status == SQ_OK)
        return;
    fprintf(stderr, "bench_load: %s\n", err->text);
    exit(EXIT_FAILURE);
}

/* Most memory that this process had so far, MiB. */
static double peak(void)
{
    char line[256];
    unsigned long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %lu", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return (double)kib / 1024;
}

struct first {
    double at, peak; /* 0: not yet */
};

static int on_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    struct first *first = data;
    (void)err;
    if (view->lane == 0 && view->t == 0 && first->at <= 0) {
        first->at = clock_seconds(CLOCK_MONOTONIC);
        first->peak = peak();
    }
    return SQ_OK;
}

static int finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    (void)err, (void)data, (void)outcome;
    return SQ_OK;
}

/* The measured process: prints its figures. */
static int measure_here(double start, const char *model, const char *config, const char *path,
                        uint32_t weight_bits)
{
    const struct sq_fixed_settings fixed = {.weight_bits = weight_bits};
    const struct sq_network_request request = {.config_dirs = "configs",
                                               .model = model,
                                               .config = config,
                                               .fixed = weight_bits > 0 ? &fixed : NULL};
    struct sq_error err = {0};
    struct sq_network *network;
    struct sq_input *input;
    struct first first = {0};
    const struct sq_observer observer = {.on_packet = on_packet, .data = &first};
    require(sq_network_load_request(&err, &request, &network), &err);
    const struct sq_config *c = &network->config;
    const struct sq_input_want want = {.timesteps = c->timesteps,
                                       .channels = c->in_channels,
                                       .height = c->image_height,
                                       .width = c->image_width,
                                       .config = c};
    require(sq_input_open(&err, path, NULL, &want, 0, &input), &err);
    const struct sq_feed feed = sq_feed_of_input(input);
    struct sq_run_options options = {
        .threads = THREADS, .schedule = SQ_SCHEDULE_LAYER, .isa = "auto", .finished = finished};
    options.batch = sq_run_default_batch(network, THREADS, options.schedule, 0);
    struct sq_totals totals = {.tally =
                                   calloc(network->n_nodes * c->timesteps, sizeof *totals.tally)};
    if (totals.tally == NULL)
        return EXIT_FAILURE;
    sq_observers_add(&options.observers, &observer);
    require(sq_run(&err, network, &feed, &options, &totals), &err);
    const double all = peak();
    char digest[SQ_DIGEST_TEXT];
    const double before = clock_seconds(CLOCK_MONOTONIC);
    require(sq_digest_file(&err, model, digest), &err);
    const double peer = clock_seconds(CLOCK_MONOTONIC) - before;
    printf("%.6f %.6f %.3f %.3f\n", first.at - start, (first.at - start) / peer, first.peak, all);
    free(totals.tally);
    sq_input_free(input);
    sq_network_free(network);
    return EXIT_SUCCESS;
}

static void measure(const char *self, const char *folder, size_t which, double out[N_FIGURES])
{
    char command[1024];
    snprintf(command, sizeof command,
             "exec '%s' at %.9f '%s/%s' '%s/config.json' '%s/input.npy' %u", self,
             clock_seconds(CLOCK_MONOTONIC), folder, container[load_case[which].container], folder,
             folder, load_case[which].weight_bits);
    FILE *pipe = popen(command, "r");
    const int n =
        pipe == NULL ? 0 : fscanf(pipe, "%lf %lf %lf %lf", &out[0], &out[1], &out[2], &out[3]);
    if (pipe == NULL || pclose(pipe) != 0 || n != N_FIGURES)
        exit(EXIT_FAILURE);
}

/* As torch.save() writes a state dict: a member of the archive for each tensor, stored. */
static void write_pth(const struct tiny_tensors *tensors, const char *path)
{
    struct bytes file = {0}, pickle = {0};
    struct zip_writer writer = {.out = &file};
    pickle_start(&pickle);
    pickle_op(&pickle, "}(");
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tiny_tensor *tensor = &tensors->tensor[i];
        char key[16];
        struct pickle_tensor of = {.storage =
                                       tensor->value != NULL ? "FloatStorage" : "LongStorage",
                                   .key = key,
                                   .storage_elements = (int64_t)tiny_tensor_count(tensor),
                                   .n_dims = tensor->n_dims};
        int64_t stride = 1;
        snprintf(key, sizeof key, "%zu", i);
        for (uint32_t d = tensor->n_dims; d-- > 0; stride *= of.dim[d]) {
            of.dim[d] = (int64_t)tensor->dim[d];
            of.stride[d] = stride;
        }
        pickle_text(&pickle, tensor->name);
        pickle_put_tensor(&pickle, &of);
    }
    pickle_op(&pickle, "u");
    pickle_end(&pickle);
    zip_writer_add(&writer, "model/data.pkl", pickle.data, pickle.n, NULL);
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tiny_tensor *tensor = &tensors->tensor[i];
        static const uint64_t counter = 7;
        char name[32];
        snprintf(name, sizeof name, "model/data/%zu", i);
        if (tensor->value != NULL)
            zip_writer_add(&writer, name, tensor->value, tiny_tensor_count(tensor) * sizeof(float),
                           NULL);
        else
            zip_writer_add(&writer, name, &counter, sizeof counter, NULL);
    }
    zip_writer_end(&writer);
    FILE *out = fopen(path, "wb");
    if (out == NULL || fwrite(file.data, 1, file.n, out) != file.n || fclose(out) != 0)
        exit(EXIT_FAILURE);
    bytes_free(&file);
    bytes_free(&pickle);
}

struct sizes {
    uint32_t depth, dim, side;
};

static void write_files(const char *folder, const struct sizes *sizes)
{
    struct tiny_network net;
    struct tiny_tensors *tensors = calloc(1, sizeof *tensors);
    struct sq_rng rng = {768};
    char path[512];
    if (tensors == NULL)
        exit(EXIT_FAILURE);
    tiny_draw_sizes(&rng, TINY_IMAGENET, &net);
    net.depth = sizes->depth;
    net.dim = sizes->dim;
    net.heads = sizes->dim / 64;
    net.hidden = 4 * sizes->dim;
    net.timesteps = 4;
    net.channels = 3;
    net.height = net.width = sizes->side;
    net.classes = 1000;
    net.batch = 1;
    tiny_fill(&rng, &net);
    tiny_write(&net, folder);
    tiny_tensors_of(&net, "", tensors);
    snprintf(path, sizeof path, "%s/%s", folder, container[1]);
    write_pth(tensors, path);
    tiny_tensors_free(tensors);
    free(tensors);
    tiny_free(&net);
}

static struct {
    const char *self;
    size_t n_rounds;
    struct sizes sizes;
    int as_json;
} asked = {"", 7, {8, 768, 224}, 0};

static void print(const char *name, double (*taken)[MAX_ROUNDS], size_t n)
{
    printf("%s:", name);
    for (size_t f = 0; f < N_FIGURES; f++)
        printf("%s %.2f %s", f > 0 ? "," : "", median(taken[f], n), figure_name[f]);
    printf("\n");
}

static void print_json(const char *file, const char *arith, double (*taken)[MAX_ROUNDS], size_t n)
{
    static const char *const key[N_FIGURES] = {"seconds", "sha256", "mib_till_then", "mib"};
    printf("{\"file\": \"%s\", \"arith\": \"%s\"", file, arith);
    for (size_t f = 0; f < N_FIGURES; f++) {
        printf(", \"%s\": [", key[f]);
        for (size_t i = 0; i < n; i++)
            printf("%s%.4f", i > 0 ? ", " : "", taken[f][i]);
        printf("]");
    }
    printf("}\n");
}

static void bench_all(const char *self, const char *folder, size_t n)
{
    static double taken[N_CASES][N_FIGURES][MAX_ROUNDS];
    double one[N_FIGURES];
    char name[64];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < N_CASES; k++) {
            const size_t which = (i + k) % N_CASES;
            measure(self, folder, which, one);
            for (size_t f = 0; f < N_FIGURES; f++)
                taken[which][f][i] = one[f];
        }
    for (size_t k = 0; k < N_CASES; k++) {
        const char *file = container[load_case[k].container];
        const char *arith = load_case[k].weight_bits > 0 ? "8 bits" : "float32";
        snprintf(name, sizeof name, "%s, %s", file, arith);
        if (asked.as_json)
            print_json(file, arith, taken[k], n);
        else
            print(name, taken[k], n);
    }
}

static void remove_files(const char *folder)
{
    static const char *const name[] = {"model.safetensors", "model.pth", "config.json",
                                       "input.npy"};
    char path[512];
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        unlink(path);
    }
    rmdir(folder);
}

/* The helpers of the tests assert, which can be done in a test only. */
START_TEST(bench)
{
    char folder[96];
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.60s/bench_load.XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(folder) == NULL)
        exit(EXIT_FAILURE);
    write_files(folder, &asked.sizes);
    if (!asked.as_json)
        printf("%u-%u at %ux%u, %d threads, medians of %zu\n", asked.sizes.depth, asked.sizes.dim,
               asked.sizes.side, asked.sizes.side, THREADS, asked.n_rounds);
    bench_all(asked.self, folder, asked.n_rounds);
    remove_files(folder);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "at") == 0)
        return measure_here(strtod(argv[2], NULL), argv[3], argv[4], argv[5],
                            (uint32_t)strtoul(argv[6], NULL, 10));
    asked.self = argv[0];
    asked.as_json = argc == 3 && strcmp(argv[1], "json") == 0;
    if (asked.as_json)
        asked.n_rounds = strtoull(argv[2], NULL, 10);
    else if (argc > 1)
        asked.n_rounds = strtoull(argv[1], NULL, 10);
    if (argc > 4)
        asked.sizes = (struct sizes){(uint32_t)strtoull(argv[2], NULL, 10),
                                     (uint32_t)strtoull(argv[3], NULL, 10),
                                     (uint32_t)strtoull(argv[4], NULL, 10)};
    if (asked.n_rounds == 0 || asked.n_rounds > MAX_ROUNDS || asked.sizes.dim < 64)
        return EXIT_FAILURE;
    Suite *suite = suite_create("bench");
    TCase *tests = tcase_create("load");
    tcase_add_test(tests, bench);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_MINIMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
