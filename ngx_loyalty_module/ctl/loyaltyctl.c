
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* One word, or two of which several commands have the first. */

typedef struct {
    const char          *name;
    const char          *summary;
    loyaltyctl_exit_e  (*run)(int argc, char **argv);
} loyaltyctl_command_t;


static int loyaltyctl_database(int *argc, char ***argv);
static const loyaltyctl_command_t *loyaltyctl_find(int argc, char **argv,
    int *words);
static int loyaltyctl_is_group(const char *name, const char *word);
static loyaltyctl_exit_e loyaltyctl_unknown(int argc, char **argv);
static int loyaltyctl_is_help(const char *argument);
static void loyaltyctl_usage(FILE *out, const char *group);


static const loyaltyctl_command_t  loyaltyctl_commands[] = {
    { "copy", "Copies a program's whole state into another database",
      loyaltyctl_copy },

    { "member find", "Finds members by e-mail or code",
      loyaltyctl_member_find },
    { "member show", "Shows a member with its history",
      loyaltyctl_member_show },
    { "member adjust", "Gives a member points, or takes some",
      loyaltyctl_member_adjust },
    { "member merge", "Makes one member of two",
      loyaltyctl_member_merge },
    { "member email", "Changes a member's e-mail",
      loyaltyctl_member_email },
    { "member erase", "Erases who a member is",
      loyaltyctl_member_erase },

    { "reward waiting", "Lists the rewards that wait to be handed over",
      loyaltyctl_reward_waiting },
    { "reward done", "Notes that a reward was handed over",
      loyaltyctl_reward_done },

    { "coupon import", "Puts coupon codes into a reward's pool",
      loyaltyctl_coupon_import },
    { "coupon left", "Says how many codes the pools still have",
      loyaltyctl_coupon_left },

    { "report top", "Lists the members who have most",
      loyaltyctl_report_top },
    { "report inactive", "Lists the members who have not been active",
      loyaltyctl_report_inactive },
    { "report near", "Lists the members who are near a reward",
      loyaltyctl_report_near },
    { "report tier", "Lists the members who have reached a tier",
      loyaltyctl_report_tier },
    { "report campaign", "Says what each source of sign-ups has brought",
      loyaltyctl_report_campaign },
    { "report coalition", "Says which store owes which",
      loyaltyctl_report_coalition },
    { "report program", "Says how the program is, on one page",
      loyaltyctl_report_program },

    { "link", "Makes a signed link for a shopper",
      loyaltyctl_link },

    { "import", "Takes in members with their balances",
      loyaltyctl_import },
    { "export", "Prints all members, entries, orders or redemptions",
      loyaltyctl_export },
    { "verify", "Checks all that always holds",
      loyaltyctl_verify },
    { "backup", "Copies a database file while it is used",
      loyaltyctl_backup },

    { NULL, NULL, NULL }
};


int
main(int argc, char **argv)
{
    int                          words;
    const loyaltyctl_command_t  *command;

    /* how wide characters are; everything else stays as in "C" */

    (void) setlocale(LC_CTYPE, "C.UTF-8");

    if (loyaltyctl_database(&argc, &argv) != 0) {
        return LOYALTYCTL_USAGE;
    }

    if (argc < 2) {
        loyaltyctl_usage(stderr, NULL);
        return LOYALTYCTL_USAGE;
    }

    if (loyaltyctl_is_help(argv[1])) {
        loyaltyctl_usage(stdout, NULL);
        return LOYALTYCTL_DONE;
    }

    command = loyaltyctl_find(argc, argv, &words);

    if (command == NULL) {
        return loyaltyctl_unknown(argc, argv);
    }

    return command->run(argc - words, argv + words);
}


/* "-d URI" before the command: as if it were in the environment. */

static int
loyaltyctl_database(int *argc, char ***argv)
{
    const char  *option;

    if (*argc < 2) {
        return 0;
    }

    option = (*argv)[1];

    if (strcmp(option, "-d") != 0 && strcmp(option, "--database") != 0) {
        return 0;
    }

    if (*argc < 3 || setenv("LOYALTY_DATABASE", (*argv)[2], 1) != 0) {
        (void) fprintf(stderr, "loyaltyctl: %s needs a value, see "
                       "\"loyaltyctl --help\"\n", option);
        return -1;
    }

    *argc -= 2;
    *argv += 2;

    return 0;
}


static const loyaltyctl_command_t *
loyaltyctl_find(int argc, char **argv, int *words)
{
    const char                  *rest;
    const loyaltyctl_command_t  *command;

    for (command = loyaltyctl_commands; command->name != NULL; command++) {
        *words = 1;

        if (strcmp(command->name, argv[1]) == 0) {
            return command;
        }

        if (argc < 3 || !loyaltyctl_is_group(command->name, argv[1])) {
            continue;
        }

        rest = command->name + strlen(argv[1]) + 1;
        *words = 2;

        if (strcmp(rest, argv[2]) == 0) {
            return command;
        }
    }

    return NULL;
}


static int
loyaltyctl_is_group(const char *name, const char *word)
{
    size_t  len;

    len = strlen(word);

    return strncmp(name, word, len) == 0 && name[len] == ' ';
}


static loyaltyctl_exit_e
loyaltyctl_unknown(int argc, char **argv)
{
    const loyaltyctl_command_t  *command;

    for (command = loyaltyctl_commands; command->name != NULL; command++) {

        if (!loyaltyctl_is_group(command->name, argv[1])) {
            continue;
        }

        if (argc > 2 && loyaltyctl_is_help(argv[2])) {
            loyaltyctl_usage(stdout, argv[1]);
            return LOYALTYCTL_DONE;
        }

        if (argc > 2) {
            (void) fprintf(stderr, "loyaltyctl: there is no command \"%s "
                           "%s\"\n\n", argv[1], argv[2]);
        }

        loyaltyctl_usage(stderr, argv[1]);

        return LOYALTYCTL_USAGE;
    }

    (void) fprintf(stderr, "loyaltyctl: there is no command \"%s\", see "
                   "\"loyaltyctl --help\"\n", argv[1]);

    return LOYALTYCTL_USAGE;
}


static int
loyaltyctl_is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}


/* Of all commands, or of a group of them. */

static void
loyaltyctl_usage(FILE *out, const char *group)
{
    const loyaltyctl_command_t  *command;

    (void) fprintf(out, "usage: loyaltyctl [-d URI] %s [OPTION...] "
                   "[ARGUMENT...]\n\nWorks on the databases of loyalty "
                   "programs in nginx, while it runs.\n\nCommands:\n",
                   (group != NULL) ? group : "COMMAND");

    for (command = loyaltyctl_commands; command->name != NULL; command++) {

        if (group == NULL || loyaltyctl_is_group(command->name, group)) {
            (void) fprintf(out, "  %-16s  %s\n", command->name,
                           command->summary);
        }
    }

    (void) fprintf(out, "\n\"loyaltyctl COMMAND --help\" says more.\n\n"
                   "The database is written as in nginx.conf, behind -d or "
                   "in the environment\nas LOYALTY_DATABASE.\n\n"
                   "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}
