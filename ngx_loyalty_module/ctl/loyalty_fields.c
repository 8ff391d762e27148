
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_json.h>
#include <loyalty_time.h>
#include <loyalty_utf8.h>

#include <stdio.h>
#include <string.h>


#define LOYALTY_FIELDS_WIDTH  16               /* of the names */


static void loyalty_fields_name(const char *name);
static void loyalty_fields_json(loyalty_fields_t *fields, const char *name,
    loyalty_str_t text);


void
loyalty_fields_begin(loyalty_fields_t *fields,
    const loyalty_options_t *options, const char *result)
{
    fields->options = options;
    fields->failed = 0;

    if (options->format == LOYALTY_PRINT_JSON) {
        (void) printf("{\"command\":\"%s\",\"result\":\"%s\"",
                      options->usage->command, result);
    }
}


void
loyalty_fields_text(loyalty_fields_t *fields, const char *name,
    loyalty_str_t text)
{
    switch (fields->options->format) {

    case LOYALTY_PRINT_JSON:
        loyalty_fields_json(fields, name, text);
        break;

    case LOYALTY_PRINT_TABLE:
        loyalty_fields_name(name);
        (void) printf("%.*s\n", (text.len != 0) ? (int) text.len : 1,
                      (text.len != 0) ? text.data : "-");
        break;

    default: /* LOYALTY_PRINT_CSV */
        break;
    }
}


void
loyalty_fields_integer(loyalty_fields_t *fields, const char *name,
    int64_t value)
{
    switch (fields->options->format) {

    case LOYALTY_PRINT_JSON:
        (void) printf(",\"%s\":%lld", name, (long long) value);
        break;

    case LOYALTY_PRINT_TABLE:
        loyalty_fields_name(name);
        (void) printf("%lld\n", (long long) value);
        break;

    default: /* LOYALTY_PRINT_CSV */
        break;
    }
}


void
loyalty_fields_time(loyalty_fields_t *fields, const char *name, int64_t when)
{
    char           buffer[LOYALTY_TIME_LEN];
    loyalty_str_t  text = { 0, buffer };

    if (when != 0) {
        loyalty_time_write(when, buffer);
        text.len = LOYALTY_TIME_LEN;
    }

    loyalty_fields_text(fields, name, text);
}


void
loyalty_fields_rows(loyalty_fields_t *fields, const char *name,
    loyalty_table_writer_t *table, const loyalty_table_column_t *columns,
    unsigned ncolumns)
{
    switch (fields->options->format) {

    case LOYALTY_PRINT_JSON:
        (void) printf(",\"%s\":", name);
        break;

    case LOYALTY_PRINT_TABLE:
        (void) fputc('\n', stdout);
        break;

    default: /* LOYALTY_PRINT_CSV */
        break;
    }

    loyalty_table_begin(table, fields->options->format, columns, ncolumns);
}


int
loyalty_fields_end(loyalty_fields_t *fields)
{
    if (fields->options->format == LOYALTY_PRINT_JSON) {
        (void) fputs("}\n", stdout);
    }

    if (fields->failed || fflush(stdout) != 0 || ferror(stdout)) {
        (void) fprintf(stderr, "loyaltyctl %s: the result cannot be "
                       "written\n", fields->options->usage->command);
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


loyalty_str_t
loyalty_fields_string(const char *text)
{
    loyalty_str_t  string = { strlen(text), text };

    return string;
}


static void
loyalty_fields_name(const char *name)
{
    int   i;
    char  label[LOYALTY_FIELDS_WIDTH + 1];

    for (i = 0; i < LOYALTY_FIELDS_WIDTH && name[i] != '\0'; i++) {
        label[i] = (name[i] == '_') ? ' ' : name[i];
    }

    label[i] = '\0';

    if (label[0] >= 'a' && label[0] <= 'z') {
        label[0] = (char) (label[0] - 'a' + 'A');
    }

    (void) printf("%-*s", LOYALTY_FIELDS_WIDTH, label);
}


static void
loyalty_fields_json(loyalty_fields_t *fields, const char *name,
    loyalty_str_t text)
{
    loyalty_str_t   unknown = loyalty_string("?");
    loyalty_json_t  json;

    loyalty_json_init(&json);
    loyalty_json_text(&json, loyalty_utf8_valid(text) ? text : unknown);

    if (json.failed) {
        fields->failed = 1;

    } else {
        (void) printf(",\"%s\":%.*s", name, (int) json.len, json.data);
    }

    loyalty_json_free(&json);
}
