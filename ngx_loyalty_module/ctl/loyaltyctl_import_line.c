
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_points.h>
#include <loyalty_time.h>
#include <loyalty_utf8.h>
#include <loyaltyctl_import.h>

#include <stdio.h>
#include <string.h>


static int loyalty_import_column(loyalty_str_t name,
    loyalty_import_column_e *column);
static int loyalty_import_field(loyalty_import_line_t *line,
    loyalty_import_column_e column, loyalty_str_t text, int64_t now);
static int loyalty_import_points(loyalty_import_line_t *line,
    loyalty_str_t text);
static int loyalty_import_joined(loyalty_import_line_t *line,
    loyalty_str_t text, int64_t now);
static int loyalty_import_text(loyalty_import_line_t *line,
    loyalty_str_t text, size_t max, char *buffer, loyalty_str_t *copy,
    const char *why);


static const loyalty_str_t  loyalty_import_names[LOYALTY_IMPORT_COLUMNS] = {
    [LOYALTY_IMPORT_EMAIL] = loyalty_string("email"),
    [LOYALTY_IMPORT_POINTS] = loyalty_string("points"),
    [LOYALTY_IMPORT_JOINED] = loyalty_string("joined"),
    [LOYALTY_IMPORT_SOURCE] = loyalty_string("source"),
    [LOYALTY_IMPORT_LOCALE] = loyalty_string("locale"),
    [LOYALTY_IMPORT_REASON] = loyalty_string("reason")
};


int
loyalty_import_header(const loyalty_csv_t *csv,
    loyalty_import_header_t *header, char *why, size_t size)
{
    unsigned                 i, seen;
    loyalty_import_column_e  column;

    seen = 0;
    header->n = 0;

    for (i = 0; i < csv->nfields; i++) {

        if (loyalty_import_column(csv->fields[i], &column) != LOYALTY_OK) {
            (void) snprintf(why, size, "column %u of the first line is none "
                            "of email, points, joined, source, locale, which "
                            "are to stand there, separated by commas", i + 1);
            return LOYALTY_ERROR;
        }

        if (seen & (1U << column)) {
            (void) snprintf(why, size, "the first line has the column \"%s\" "
                            "twice", loyalty_import_names[column].data);
            return LOYALTY_ERROR;
        }

        seen |= 1U << column;
        header->columns[header->n++] = column;
    }

    if (!(seen & (1U << LOYALTY_IMPORT_EMAIL))) {
        (void) snprintf(why, size, "the first line has no column \"email\"");
        return LOYALTY_ERROR;
    }

    header->has_reason = (seen >> LOYALTY_IMPORT_REASON) & 1;

    return LOYALTY_OK;
}


static int
loyalty_import_column(loyalty_str_t name, loyalty_import_column_e *column)
{
    unsigned  i;

    for (i = 0; i < LOYALTY_IMPORT_COLUMNS; i++) {

        if (loyalty_str_equal(name, loyalty_import_names[i])) {
            *column = i;
            return LOYALTY_OK;
        }
    }

    return LOYALTY_ERROR;
}


int
loyalty_import_read(const loyalty_csv_t *csv,
    const loyalty_import_header_t *header, int64_t now,
    loyalty_import_line_t *line)
{
    unsigned  i;

    (void) memset(line, 0, offsetof(loyalty_import_line_t, email_text));

    line->line = csv->line;
    line->raw.len = (csv->raw.len < sizeof(line->raw_text))
                    ? csv->raw.len : sizeof(line->raw_text);
    line->raw.data = line->raw_text;

    (void) memcpy(line->raw_text, csv->raw.data, line->raw.len);

    if (csv->nfields != header->n) {
        line->why = "it has not as many fields as the first line";
        return LOYALTY_ERROR;
    }

    for (i = 0; i < header->n; i++) {

        if (loyalty_import_field(line, header->columns[i], csv->fields[i],
                                 now)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_import_field(loyalty_import_line_t *line,
    loyalty_import_column_e column, loyalty_str_t text, int64_t now)
{
    switch (column) {

    case LOYALTY_IMPORT_EMAIL:

        if (loyalty_email_normalize(text, line->email_text, &line->email.len)
            != LOYALTY_OK)
        {
            line->why = "the e-mail is not one";
            return LOYALTY_ERROR;
        }

        line->email.data = line->email_text;

        return LOYALTY_OK;

    case LOYALTY_IMPORT_POINTS:
        return loyalty_import_points(line, text);

    case LOYALTY_IMPORT_JOINED:
        return loyalty_import_joined(line, text, now);

    case LOYALTY_IMPORT_SOURCE:
        return loyalty_import_text(line, text, LOYALTY_SOURCE_MAX,
                                   line->source_text, &line->source,
                                   "the source takes 64 bytes of UTF-8, "
                                   "without control characters");

    case LOYALTY_IMPORT_LOCALE:
        return loyalty_import_text(line, text, LOYALTY_LOCALE_MAX,
                                   line->locale_text, &line->locale,
                                   "the locale takes 35 bytes of UTF-8, "
                                   "without control characters");

    default: /* LOYALTY_IMPORT_REASON */
        return LOYALTY_OK;
    }
}


/* Digits only: no sign, no point, no separators that may mean either. */

static int
loyalty_import_points(loyalty_import_line_t *line, loyalty_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            line->why = "the points are not a whole number, 0 or more";
            return LOYALTY_ERROR;
        }

        line->points = line->points * 10 + (text.data[i] - '0');

        if (line->points > LOYALTY_POINTS_MAX) {
            line->why = "these are more points than a member can have";
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_import_joined(loyalty_import_line_t *line, loyalty_str_t text,
    int64_t now)
{
    char           day[] = "2026-12-31T00:00:00Z";
    loyalty_str_t  when = text;

    if (text.len == 0) {
        return LOYALTY_OK;
    }

    if (text.len == sizeof("2026-12-31") - 1) {
        (void) memcpy(day, text.data, text.len);
        when.data = day;
        when.len = sizeof(day) - 1;
    }

    if (loyalty_time_parse(when, &line->joined_at) != LOYALTY_OK
        || line->joined_at <= 0)
    {
        line->why = "the time of joining is not like 2026-12-31 or "
                    "2026-12-31T23:59:59Z";
        return LOYALTY_ERROR;
    }

    if (line->joined_at > now) {
        line->why = "the time of joining is still to come";
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static int
loyalty_import_text(loyalty_import_line_t *line, loyalty_str_t text,
    size_t max, char *buffer, loyalty_str_t *copy, const char *why)
{
    if (text.len > max || !loyalty_utf8_printable(text)) {
        line->why = why;
        return LOYALTY_ERROR;
    }

    (void) memcpy(buffer, text.data, text.len);

    copy->data = buffer;
    copy->len = text.len;

    return LOYALTY_OK;
}
