/* make_nir DIR: NIR graphs for tests that start programs.
 *
 *   if.nir lif.nir   the small network, with neurons without and with leak
 *   silent.nir       if.nir whose last neurons do not say v_reset
 *   cuba.nir         lif.nir with a node that has no counterpart
 *   vector.nir       an input of 12 channels, an Affine, neurons, a Linear at the end */
#include "test/support/nir_file.h"
#include "test/unit.h"

#include <sys/stat.h>

static const char *folder;
static char path[4096];

static const char *in(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_vector(void)
{
    struct nir_file nir;
    nir_begin(&nir, in("vector.nir"));
    nir_node(&nir, "input", "Input");
    nir_shape(&nir, "input", 12);
    nir_affine(&nir, "fc", 5, 12);
    nir_neurons(&nir, "fc.n", "IF", NIR_DIMS(5));
    nir_node(&nir, "out", "Linear");
    nir_ramp(&nir, "out", "weight", -1, 0.25, NIR_DIMS(2, 5));
    nir_node(&nir, "output", "Output");
    nir_edge(&nir, "input", "fc");
    nir_edge(&nir, "fc", "fc.n");
    nir_edge(&nir, "fc.n", "out");
    nir_edge(&nir, "out", "output");
    nir_end(&nir);
}

/* A test, because what makes the files asserts that it succeeds. */
START_TEST(make_all)
{
    struct nir_file nir;
    mkdir(folder, 0777);
    nir_small(&nir, in("if.nir"), "IF");
    nir_end(&nir);
    nir_small(&nir, in("lif.nir"), "LIF");
    nir_end(&nir);
    nir_small(&nir, in("silent.nir"), "IF");
    nir_remove(&nir, "last.n", "v_reset");
    nir_end(&nir);
    nir_small(&nir, in("cuba.nir"), "LIF");
    nir_remove(&nir, "conv.n", NULL);
    nir_node(&nir, "conv.n", "CubaLIF");
    nir_end(&nir);
    make_vector();
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    folder = argv[1];
    Suite *suite = suite_create("test/sim/nir");
    TCase *all = tcase_create("make");
    tcase_add_test(all, make_all);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
