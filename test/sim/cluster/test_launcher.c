/* What launchers set in the environment, and what is made of it. */
#include "sim/cluster/launcher.h"
#include "test/unit.h"

#include <string.h>

static const struct row {
    const char *name[3], *value[3]; /* variables that are set */
    struct sq_launched expected;
} row[] = {
    {{NULL}, {NULL}, {NULL, 0, 1, 0}},
    {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"2", "4"}, {"mpirun", 2, 4, 1}},
    {{"PMI_RANK", "PMI_SIZE"}, {"0", "3"}, {"mpiexec", 0, 3, 1}},
    {{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}, {"1", "2"}, {"srun", 1, 2, 0}},
    {{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"}, {"1", "2", "1"}, {"srun", 1, 2, 1}},
    {{"SLURM_PROCID", "SLURM_NTASKS"},
     {"0", "4"},
     {NULL, 0, 1, 0}}, /* a batch script's own command */
    {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"4", "4"}, {NULL, 0, 1, 0}},
    {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"0", "many"}, {NULL, 0, 1, 0}},
    {{"OMPI_COMM_WORLD_RANK"}, {"1"}, {NULL, 0, 1, 0}},
};

START_TEST(each_launcher_is_known_by_its_variables)
{
    const struct row *r = &row[_i];
    static const char *const all[] = {"OMPI_COMM_WORLD_RANK",
                                      "OMPI_COMM_WORLD_SIZE",
                                      "PMI_RANK",
                                      "PMI_SIZE",
                                      "SLURM_PROCID",
                                      "PMIX_RANK",
                                      "SLURM_STEP_NUM_TASKS",
                                      "SLURM_NTASKS"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        unsetenv(all[i]);
    for (size_t i = 0; i < 3 && r->name[i] != NULL; i++)
        setenv(r->name[i], r->value[i], 1);
    const struct sq_launched found = sq_launched_find();
    if (r->expected.by == NULL)
        ck_assert_ptr_null(found.by);
    else
        ck_assert_str_eq(found.by, r->expected.by);
    ck_assert_uint_eq(found.rank, r->expected.rank);
    ck_assert_uint_eq(found.size, r->expected.size);
    ck_assert_int_eq(found.has_mpi, r->expected.has_mpi);
}
END_TEST

static Suite *launcher_suite(void)
{
    Suite *suite = suite_create("launcher");
    TCase *tests = tcase_create("environment");
    tcase_add_loop_test(tests, each_launcher_is_known_by_its_variables, 0,
                        (int)(sizeof row / sizeof row[0]));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(launcher_suite())
