/* Golden sets: a folder with config.json, a model, input.npy and what must come out. */
#ifndef SQ_TEST_GOLDEN_SET_H
#define SQ_TEST_GOLDEN_SET_H

#include "sim/api/calls.h"
#include "test/support/npz.h"

/* How one set is run. */
struct golden_how {
    struct sq_run_choices run;
    struct sq_fixed_choices fixed;
    const char *const *set; /* [n_set] "KEY=VALUE" over its configuration */
    size_t n_set;
};

/* A file of a set: FOLDER is a path with a slash, or a folder of test/golden. */
void golden_path(char *path, size_t size, const char *folder, const char *file);

/* The options that the text arith-N.txt of a set of integers stands for. */
struct sq_fixed_choices golden_arith(const char *folder, int number);

/* Run FOLDER/MODEL on its input; every population goes to the folder `dump`. */
void golden_run(const char *folder, const char *model, const char *dump,
                const struct golden_how *how);

/* An array of the dump; its file is removed. Freed by npz_free(array, 1). */
struct npz_array *golden_take(const char *dump, const char *name);

/* Every array of FOLDER/FILE equals that of the dump, whose files are removed: bit for bit, or floats
 * within `tolerance` * max(1, |value|). */
void golden_compare(const char *folder, const char *file, const char *dump);
void golden_compare_within(const char *folder, const char *file, const char *dump,
                           double tolerance);

#endif
