/* Golden sets: a folder with config.json, a model, input.npy and what must come out. */
#ifndef SQ_TEST_GOLDEN_SET_H
#define SQ_TEST_GOLDEN_SET_H

#include "sim/spikeq.h"
#include "test/support/npz.h"

/* How one set is run. */
struct golden_how {
    struct spikeq_run_options run;
    struct spikeq_fixed_options fixed;
};

/* Run test/golden/FOLDER/MODEL on its input; every population goes to the folder `dump`. */
void golden_run(const char *folder, const char *model, const char *dump,
                const struct golden_how *how);

/* An array of the dump; its file is removed. Freed by npz_free(array, 1). */
struct npz_array *golden_take(const char *dump, const char *name);

/* Every array of test/golden/FOLDER/FILE equals that of the dump, whose files are removed. */
void golden_compare(const char *folder, const char *file, const char *dump);

#endif
