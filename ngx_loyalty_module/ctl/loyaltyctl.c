
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl.h>

#include <stdio.h>
#include <string.h>


typedef struct {
    const char          *name;
    const char          *summary;
    loyaltyctl_exit_e  (*run)(int argc, char **argv);
} loyaltyctl_command_t;


static const loyaltyctl_command_t *loyaltyctl_find(const char *name);
static void loyaltyctl_usage(FILE *out);


static const loyaltyctl_command_t  loyaltyctl_commands[] = {
    { "copy", "Copies a program's whole state into another database",
      loyaltyctl_copy },
    { NULL, NULL, NULL }
};


int
main(int argc, char **argv)
{
    const loyaltyctl_command_t  *command;

    if (argc < 2) {
        loyaltyctl_usage(stderr);
        return LOYALTYCTL_USAGE;
    }

    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        loyaltyctl_usage(stdout);
        return LOYALTYCTL_DONE;
    }

    command = loyaltyctl_find(argv[1]);

    if (command == NULL) {
        (void) fprintf(stderr, "loyaltyctl: there is no command \"%s\", see "
                       "\"loyaltyctl --help\"\n", argv[1]);
        return LOYALTYCTL_USAGE;
    }

    return command->run(argc - 1, argv + 1);
}


static const loyaltyctl_command_t *
loyaltyctl_find(const char *name)
{
    const loyaltyctl_command_t  *command;

    for (command = loyaltyctl_commands; command->name != NULL; command++) {

        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }

    return NULL;
}


static void
loyaltyctl_usage(FILE *out)
{
    const loyaltyctl_command_t  *command;

    (void) fprintf(out, "usage: loyaltyctl COMMAND [OPTION...] [ARGUMENT...]\n"
                   "\nWorks on the databases of loyalty programs in nginx.\n\n"
                   "Commands:\n");

    for (command = loyaltyctl_commands; command->name != NULL; command++) {
        (void) fprintf(out, "  %-10s  %s\n", command->name, command->summary);
    }

    (void) fprintf(out, "\n\"loyaltyctl COMMAND --help\" says more.\n\n"
                   "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}
