/* spikeq export and spikeq replay --stream as commands, on traces made here. */
#include "test/support/tiny_trace.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-cli-XXXXXX", output[4096];

static void make_folder(void)
{
    char path[64];
    const char *program = getenv("SPIKEQ");
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    tiny_trace(path, NULL, 1, 4);
    setenv("SPIKEQ", program != NULL ? program : "build/release/spikeq", 0);
    setenv("D", folder, 1);
}

static void remove_folder(void)
{
    ck_assert_int_eq(system("rm -rf $D"), 0);
}

/* Run a shell line; its exit status. `output` is what it printed, errors too. */
static int run(const char *line)
{
    char command[512];
    snprintf(command, sizeof command, "{ %s\n} 2>&1", line);
    FILE *from = popen(command, "r");
    output[fread(output, 1, sizeof output - 1, from)] = '\0';
    return WEXITSTATUS(pclose(from));
}

static const struct {
    const char *line;
    int status;
    const char *says; /* part of what is printed */
} command[] = {
    {"$SPIKEQ export $D/a.db --to npz -o $D/x && test -s $D/x", 0, ""},
    {"$SPIKEQ export $D/a.db --to hdf5 --out $D/x && test -s $D/x", 0, ""},
    {"$SPIKEQ export $D/a.db --to csv | head -n 1", 0, "sample,timestep,population,index\n"},
    {"$SPIKEQ export $D/a.db --to csv -o - --populations c --samples 3 | tail -n 1", 0, "3,2,c,"},
    {"$SPIKEQ export $D/a.db --to aer | head -c 8", 0, "spikeqAE"},
    {"touch $D/x; $SPIKEQ export $D/a.db --to csv -o $D/x", 2, "x: already exists; --force"},
    {"touch $D/x; $SPIKEQ export $D/a.db --to csv -o $D/x --force; test -s $D/x", 0, ""},
    {"$SPIKEQ export $D/a.db --to csv >/dev/full", 1,
     "spikeq export: standard output: cannot be written: No space left on device\n"},
    {"$SPIKEQ export $D/a.db --to npz -o -", 2, "needs a regular file"},
    {"$SPIKEQ export $D/a.db --to csv --populations nobody", 1,
     "a.db: none of its 4 populations matches nobody\n"},
    {"$SPIKEQ export $D/a.db --to csv --samples 4:", 1, "a.db: holds no sample numbered 4 to"},
    {"$SPIKEQ replay $D/a.db --stream - | tail -n 1", 0, "# end frames 48 events "},
    {"$SPIKEQ replay $D/a.db --stream - | head -n 1", 0, "# spikeq address events 1\n"},
    {"$SPIKEQ replay $D/a.db --stream - | true", 0, ""},
    {"$SPIKEQ replay $D/a.db --stream $D/x --populations c --samples 1", 0, "3 frames with "},
    {"$SPIKEQ replay $D/a.db --stream $D/x && $SPIKEQ replay $D/a.db --stream - | cmp - $D/x", 0,
     "48 frames with "},
    {"$SPIKEQ replay $D/a.db --stream - >/dev/full", 1,
     "spikeq replay: standard output: cannot be written: No space left on device\n"},
    {"mkfifo $D/f; head -c 40 $D/f >$D/x & $SPIKEQ replay $D/a.db --stream $D/f; wait", 0,
     "frames with "},
    {"$SPIKEQ replay $D/a.db --stream - --form binary >$D/x; "
     "$SPIKEQ export $D/a.db --to aer | cmp - $D/x",
     0, ""},
};

START_TEST(a_command_does_and_says_this)
{
    ck_assert_msg(run(command[_i].line) == command[_i].status, "%s: %s", command[_i].line, output);
    ck_assert_msg(strstr(output, command[_i].says) != NULL, "%s: %s", command[_i].line, output);
    if (command[_i].says[0] == '\0')
        ck_assert_str_eq(output, "");
    ck_assert_int_eq(run("ls $D | grep -c partial"), 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/cli");
    TCase *commands = tcase_create("commands");
    tcase_set_timeout(commands, 60);
    tcase_add_checked_fixture(commands, make_folder, remove_folder);
    tcase_add_loop_test(commands, a_command_does_and_says_this, 0,
                        sizeof command / sizeof command[0]);
    suite_add_tcase(s, commands);
    return s;
}

SQ_TEST_MAIN(suite())
