
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_duration.h>
#include <loyalty_fields.h>
#include <loyalty_link.h>
#include <loyalty_time.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>


#define LOYALTYCTL_LINK_FILE     4096          /* bytes */
#define LOYALTYCTL_INTEGER_SIZE  21            /* any, and a NUL */
#define LOYALTYCTL_LINK_LASTS    (30 * 86400)  /* seconds */

/* A redemption is told from another one for so long. */

#define LOYALTYCTL_REDEEM_LASTS  86400
#define LOYALTYCTL_REDEEM_MAX    (2 * 86400)


typedef struct {
    loyalty_options_t       options;
    const char             *email;
    const char             *order;
    const char             *store;
    const char             *reward;
    const char             *expires;
    const char             *file;
    const char             *program;
    const char             *site;

    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;
    int64_t                 until;
    char                    address[LOYALTY_EMAIL_MAX];
    char                    time[LOYALTYCTL_INTEGER_SIZE];
    char                    data[LOYALTYCTL_LINK_FILE];
} loyaltyctl_link_t;


typedef struct {
    const char             *name;
    unsigned                order:1;           /* it is about one */
    unsigned                reward:1;
} loyaltyctl_purpose_t;


static loyaltyctl_exit_e loyaltyctl_link_make(loyaltyctl_link_t *link);
static const loyaltyctl_purpose_t *loyaltyctl_link_purpose(const char *name);
static loyaltyctl_exit_e loyaltyctl_link_texts(loyaltyctl_link_t *link,
    const loyaltyctl_purpose_t *purpose);
static int loyaltyctl_link_id(loyaltyctl_link_t *link, const char *name,
    const char *text, int wanted, loyalty_str_t *id);
static loyaltyctl_exit_e loyaltyctl_link_until(loyaltyctl_link_t *link,
    const loyaltyctl_purpose_t *purpose);
static loyaltyctl_exit_e loyaltyctl_link_secret(loyaltyctl_link_t *link);
static loyaltyctl_exit_e loyaltyctl_link_print(loyaltyctl_link_t *link);


static const loyaltyctl_purpose_t  loyaltyctl_purposes[] = {
    { "claim", 1, 0 },
    { "balance", 0, 0 },
    { "history", 0, 0 },
    { "redeem", 0, 1 },
    { NULL, 0, 0 }
};


static const loyalty_usage_t  loyaltyctl_link_usage = {
    "link", "claim|balance|history|redeem",
    "Makes a signed link for a shopper.\n"
    "\n"
    "  --email E           whom it is for\n"
    "  --order N           of a claim\n"
    "  --store S           of a claim, where the program has several\n"
    "  --reward R          of a redemption\n"
    "  --expires TIME      how long it is good, such as 30d, or until when,\n"
    "                      such as 2026-12-31T23:59:59Z\n"
    "  --secret-file F     what \"link_secret\" in nginx.conf has\n"
    "  --program NAME      likewise \"loyalty_program\"\n"
    "  --site URL          likewise \"site\"\n",
    1, 1, 0
};


loyaltyctl_exit_e
loyaltyctl_link(int argc, char **argv)
{
    loyaltyctl_exit_e  status;
    loyaltyctl_link_t  link;
    loyalty_option_t   own[] = {
        { "email", 0, LOYALTY_OPTION_TEXT, &link.email },
        { "order", 0, LOYALTY_OPTION_TEXT, &link.order },
        { "store", 0, LOYALTY_OPTION_TEXT, &link.store },
        { "reward", 0, LOYALTY_OPTION_TEXT, &link.reward },
        { "expires", 0, LOYALTY_OPTION_TEXT, &link.expires },
        { "secret-file", 0, LOYALTY_OPTION_TEXT, &link.file },
        { "program", 0, LOYALTY_OPTION_TEXT, &link.program },
        { "site", 0, LOYALTY_OPTION_TEXT, &link.site }
    };

    memset(&link, 0, sizeof(loyaltyctl_link_t));

    if (loyalty_options_read_apart(&link.options, &loyaltyctl_link_usage, own,
                                   sizeof(own) / sizeof(own[0]), argc, argv,
                                   &status)
        != LOYALTY_OK)
    {
        return status;
    }

    return loyaltyctl_link_make(&link);
}


static loyaltyctl_exit_e
loyaltyctl_link_make(loyaltyctl_link_t *link)
{
    loyaltyctl_exit_e            status;
    const loyaltyctl_purpose_t  *purpose;

    purpose = loyaltyctl_link_purpose(link->options.operands[0]);

    if (purpose == NULL) {
        return loyalty_options_wrong(&link->options, "there are no links for "
                                     "\"%s\"", link->options.operands[0]);
    }

    status = loyaltyctl_link_texts(link, purpose);

    if (status == LOYALTYCTL_DONE) {
        status = loyaltyctl_link_until(link, purpose);
    }

    if (status == LOYALTYCTL_DONE) {
        status = loyaltyctl_link_secret(link);
    }

    return (status == LOYALTYCTL_DONE) ? loyaltyctl_link_print(link) : status;
}


static const loyaltyctl_purpose_t *
loyaltyctl_link_purpose(const char *name)
{
    const loyaltyctl_purpose_t  *purpose;

    for (purpose = loyaltyctl_purposes; purpose->name != NULL; purpose++) {

        if (strcmp(purpose->name, name) == 0) {
            return purpose;
        }
    }

    return NULL;
}


static loyaltyctl_exit_e
loyaltyctl_link_texts(loyaltyctl_link_t *link,
    const loyaltyctl_purpose_t *purpose)
{
    if (link->email == NULL
        || loyalty_email_normalize(loyalty_fields_string(link->email),
                                   link->address, &link->link.email.len)
           != LOYALTY_OK)
    {
        return loyalty_options_wrong(&link->options,
                                     "--email needs an e-mail");
    }

    link->link.email.data = link->address;
    link->link.purpose = loyalty_fields_string(purpose->name);

    if (link->site == NULL || (strncmp(link->site, "https://", 8) != 0
                               && strncmp(link->site, "http://", 7) != 0))
    {
        return loyalty_options_wrong(&link->options, "--site needs a URL such "
                                     "as https://shop.example/loyalty");
    }

    if (link->file == NULL) {
        return loyalty_options_wrong(&link->options, "--secret-file needs the "
                                     "file that \"link_secret\" has");
    }

    if (loyaltyctl_link_id(link, "program", link->program, 1,
                           &link->link.program) != LOYALTY_OK
        || loyaltyctl_link_id(link, "order", link->order, purpose->order,
                              &link->link.order) != LOYALTY_OK
        || loyaltyctl_link_id(link, "store", link->store,
                              purpose->order && link->store != NULL,
                              &link->link.store) != LOYALTY_OK
        || loyaltyctl_link_id(link, "reward", link->reward, purpose->reward,
                              &link->link.reward) != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    return LOYALTYCTL_DONE;
}


static int
loyaltyctl_link_id(loyaltyctl_link_t *link, const char *name,
    const char *text, int wanted, loyalty_str_t *id)
{
    *id = loyalty_fields_string((text != NULL) ? text : "");

    if (!wanted) {

        if (text == NULL) {
            return LOYALTY_OK;
        }

        (void) loyalty_options_wrong(&link->options, "a %s link has no --%s",
                                     link->options.operands[0], name);
        return LOYALTY_ERROR;
    }

    if (loyalty_id_valid(*id)) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(&link->options, "--%s needs 1 to 64 of A-Z "
                                 "a-z 0-9 . _ # -", name);

    return LOYALTY_ERROR;
}


static loyaltyctl_exit_e
loyaltyctl_link_until(loyaltyctl_link_t *link,
    const loyaltyctl_purpose_t *purpose)
{
    int64_t  now, lasts;

    now = time(NULL);

    if (link->expires == NULL) {
        lasts = purpose->reward ? LOYALTYCTL_REDEEM_LASTS
                                : LOYALTYCTL_LINK_LASTS;

    } else if (loyalty_duration_parse(link->expires, &lasts) != LOYALTY_OK) {

        if (loyalty_time_parse(loyalty_fields_string(link->expires), &lasts)
            != LOYALTY_OK)
        {
            return loyalty_options_wrong(&link->options, "--expires needs a "
                                         "time such as 30d, not \"%s\"",
                                         link->expires);
        }

        lasts -= now;
    }

    if (lasts <= 0 || lasts > INT64_C(100) * 365 * 86400) {
        return loyalty_options_wrong(&link->options, "--expires needs a time "
                                     "to come");
    }

    if (purpose->reward && lasts > LOYALTYCTL_REDEEM_MAX) {
        return loyalty_options_wrong(&link->options, "a redeem link is good "
                                     "for 48h at most: after that it would "
                                     "redeem once more");
    }

    link->until = now + lasts;

    (void) snprintf(link->time, sizeof(link->time), "%" PRId64, link->until);

    link->link.expires = loyalty_fields_string(link->time);

    return LOYALTYCTL_DONE;
}


static loyaltyctl_exit_e
loyaltyctl_link_secret(loyaltyctl_link_t *link)
{
    int             failed;
    FILE           *file;
    const char     *why;
    loyalty_str_t   text;

    file = fopen(link->file, "r");

    if (file == NULL) {
        return loyalty_options_failed(&link->options, "\"%s\" cannot be "
                                      "opened: %s", link->file,
                                      strerror(errno));
    }

    text.data = link->data;
    text.len = fread(link->data, 1, sizeof(link->data), file);

    failed = ferror(file);

    (void) fclose(file);

    if (failed) {
        return loyalty_options_failed(&link->options, "\"%s\" cannot be read",
                                      link->file);
    }

    why = loyalty_link_secrets(text, &link->secrets);

    if (why != NULL) {
        return loyalty_options_failed(&link->options, "\"%s\" cannot be used: "
                                      "%s", link->file, why);
    }

    return LOYALTYCTL_DONE;
}


static loyaltyctl_exit_e
loyaltyctl_link_print(loyaltyctl_link_t *link)
{
    int               len, written;
    char              query[LOYALTY_LINK_QUERY_SIZE];
    char              url[LOYALTYCTL_LINK_FILE];
    loyalty_fields_t  fields;

    if (loyalty_link_query(&link->secrets, &link->link, query)
        != LOYALTY_OK)
    {
        return loyalty_options_failed(&link->options, "it cannot be signed");
    }

    len = (int) strlen(link->site);

    while (len > 0 && link->site[len - 1] == '/') {
        len--;
    }

    written = snprintf(url, sizeof(url), "%.*s/%s?%s", len, link->site,
                       link->link.purpose.data, query);

    if (written < 0 || written >= (int) sizeof(url)) {
        return loyalty_options_wrong(&link->options, "--site is too long");
    }

    if (link->options.format != LOYALTY_PRINT_JSON) {
        return (puts(url) >= 0 && fflush(stdout) == 0) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
    }

    loyalty_fields_begin(&fields, &link->options, "made");
    loyalty_fields_text(&fields, "link", loyalty_fields_string(url));
    loyalty_fields_time(&fields, "expires", link->until);

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}
