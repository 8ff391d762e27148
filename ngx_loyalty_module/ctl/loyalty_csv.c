
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_csv.h>

#include <string.h>


/* Where the reader is in a record, and where its texts go. */

typedef struct {
    const char  *p;
    const char  *end;                  /* of what there is to read */
    char        *out;
} loyalty_csv_place_t;


static int loyalty_csv_fill(loyalty_csv_t *csv);
static loyalty_csv_rc_e loyalty_csv_record(loyalty_csv_t *csv);
static loyalty_csv_rc_e loyalty_csv_good(loyalty_csv_t *csv,
    loyalty_csv_place_t *place);
static int loyalty_csv_field(loyalty_csv_t *csv, loyalty_csv_place_t *place);
static int loyalty_csv_plain(loyalty_csv_t *csv, loyalty_csv_place_t *place);
static int loyalty_csv_quoted(loyalty_csv_t *csv, loyalty_csv_place_t *place);
static int loyalty_csv_at_end(const loyalty_csv_place_t *place);
static void loyalty_csv_take(loyalty_csv_t *csv, const char *end);
static loyalty_csv_rc_e loyalty_csv_bad(loyalty_csv_t *csv);
static int loyalty_csv_pass_line(loyalty_csv_t *csv);


void
loyalty_csv_init(loyalty_csv_t *csv, FILE *in)
{
    static const char  mark[] = "\xEF\xBB\xBF";

    csv->in = in;
    csv->line = 0;
    csv->next_line = 1;
    csv->offset = 0;
    csv->first = 0;
    csv->last = 0;
    csv->ended = 0;

    /* what cannot be read now cannot be read later, and is told then */

    (void) loyalty_csv_fill(csv);

    if (csv->last >= sizeof(mark) - 1
        && memcmp(csv->buffer, mark, sizeof(mark) - 1) == 0)
    {
        csv->first = sizeof(mark) - 1;
        csv->offset = sizeof(mark) - 1;
    }
}


loyalty_csv_rc_e
loyalty_csv_read(loyalty_csv_t *csv)
{
    const char  *p;

    do {

        if (csv->last - csv->first < LOYALTY_CSV_RECORD_MAX
            && loyalty_csv_fill(csv) != LOYALTY_OK)
        {
            return LOYALTY_CSV_FAILED;
        }

        if (csv->first == csv->last) {
            return LOYALTY_CSV_END;
        }

        p = csv->buffer + csv->first;
        csv->line = csv->next_line;

        if (*p == '\r' && csv->last - csv->first > 1 && p[1] == '\n') {
            p++;
        }

        if (*p == '\n') {
            loyalty_csv_take(csv, p + 1);
        }

    } while (*p == '\n');

    return loyalty_csv_record(csv);
}


static int
loyalty_csv_fill(loyalty_csv_t *csv)
{
    size_t  room;

    if (csv->ended) {
        return LOYALTY_OK;
    }

    (void) memmove(csv->buffer, csv->buffer + csv->first,
                   csv->last - csv->first);

    csv->last -= csv->first;
    csv->first = 0;

    room = LOYALTY_CSV_BUFFER - csv->last;
    csv->last += fread(csv->buffer + csv->last, 1, room, csv->in);

    if (ferror(csv->in)) {
        return LOYALTY_ERROR;
    }

    csv->ended = (csv->last < LOYALTY_CSV_BUFFER);

    return LOYALTY_OK;
}


static loyalty_csv_rc_e
loyalty_csv_record(loyalty_csv_t *csv)
{
    int                  cut;
    size_t               len;
    loyalty_csv_place_t  place;

    len = csv->last - csv->first;
    cut = (len >= LOYALTY_CSV_RECORD_MAX);

    if (cut) {
        len = LOYALTY_CSV_RECORD_MAX;
    }

    place.p = csv->buffer + csv->first;
    place.end = place.p + len;
    place.out = csv->text;

    csv->raw.data = place.p;
    csv->nfields = 0;

    while (loyalty_csv_field(csv, &place) == LOYALTY_OK) {

        if (!loyalty_csv_at_end(&place)) {

            /* there is a comma */

            place.p++;
            continue;
        }

        if (!cut || place.p != place.end) {
            return loyalty_csv_good(csv, &place);
        }

        break;
    }

    if (cut && place.p == place.end) {
        csv->why = "it is longer than 4095 bytes";
    }

    return loyalty_csv_bad(csv);
}


static loyalty_csv_rc_e
loyalty_csv_good(loyalty_csv_t *csv, loyalty_csv_place_t *place)
{
    csv->raw.len = place->p - csv->raw.data;

    if (place->p != place->end) {
        place->p += (*place->p == '\r') ? 2 : 1;
    }

    loyalty_csv_take(csv, place->p);

    return LOYALTY_CSV_RECORD;
}


/* Ends before a comma, a line's end, or at the end of all. */

static int
loyalty_csv_field(loyalty_csv_t *csv, loyalty_csv_place_t *place)
{
    int             rc;
    loyalty_str_t  *field;

    if (csv->nfields == LOYALTY_CSV_FIELDS_MAX) {
        csv->why = "it has too many fields";
        return LOYALTY_ERROR;
    }

    field = &csv->fields[csv->nfields++];
    field->data = place->out;

    rc = (place->p != place->end && *place->p == '"')
         ? loyalty_csv_quoted(csv, place) : loyalty_csv_plain(csv, place);

    field->len = place->out - field->data;

    return rc;
}


static int
loyalty_csv_plain(loyalty_csv_t *csv, loyalty_csv_place_t *place)
{
    while (!loyalty_csv_at_end(place) && *place->p != ',') {

        switch (*place->p) {

        case '"':
            csv->why = "a double quote stands inside of a field without "
                       "quotes";
            return LOYALTY_ERROR;

        case '\r':
            csv->why = "a carriage return stands inside of a field without "
                       "quotes";
            return LOYALTY_ERROR;

        case '\0':
            csv->why = "it has a NUL in it";
            return LOYALTY_ERROR;
        }

        *place->out++ = *place->p++;
    }

    return LOYALTY_OK;
}


static int
loyalty_csv_quoted(loyalty_csv_t *csv, loyalty_csv_place_t *place)
{
    int  closed;

    closed = 0;

    for (place->p++; place->p != place->end; place->p++) {

        if (*place->p == '\0') {
            csv->why = "it has a NUL in it";
            return LOYALTY_ERROR;
        }

        if (*place->p == '"') {
            place->p++;

            if (place->p == place->end || *place->p != '"') {
                closed = 1;
                break;
            }
        }

        *place->out++ = *place->p;
    }

    if (!closed) {
        csv->why = "a double quote is not closed";
        return LOYALTY_ERROR;
    }

    if (!loyalty_csv_at_end(place) && *place->p != ',') {
        csv->why = "something stands between a closing double quote and the "
                   "next comma";
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static int
loyalty_csv_at_end(const loyalty_csv_place_t *place)
{
    if (place->p == place->end || *place->p == '\n') {
        return 1;
    }

    return *place->p == '\r' && place->end - place->p > 1
           && place->p[1] == '\n';
}


static void
loyalty_csv_take(loyalty_csv_t *csv, const char *end)
{
    const char  *p;

    p = csv->buffer + csv->first;
    csv->offset += end - p;
    csv->first = end - csv->buffer;

    while ((p = memchr(p, '\n', end - p)) != NULL) {
        csv->next_line++;
        p++;
    }
}


/* A quote that is not closed must not take the lines after it along. */

static loyalty_csv_rc_e
loyalty_csv_bad(loyalty_csv_t *csv)
{
    const char  *end, *p;

    p = csv->buffer + csv->first;
    end = memchr(p, '\n', csv->last - csv->first);

    if (end == NULL) {
        csv->raw.len = csv->last - csv->first;

        /* the line may be larger than memory: its start has to do */

        if (csv->raw.len > LOYALTY_CSV_RECORD_MAX) {
            csv->raw.len = LOYALTY_CSV_RECORD_MAX;
        }

        (void) memcpy(csv->text, p, csv->raw.len);
        csv->raw.data = csv->text;

        return (loyalty_csv_pass_line(csv) == LOYALTY_OK)
               ? LOYALTY_CSV_BAD : LOYALTY_CSV_FAILED;
    }

    csv->raw.len = end - p;

    if (end != p && end[-1] == '\r') {
        csv->raw.len--;
    }

    loyalty_csv_take(csv, end + 1);

    return LOYALTY_CSV_BAD;
}


static int
loyalty_csv_pass_line(loyalty_csv_t *csv)
{
    const char  *p, *end;

    for ( ;; ) {
        p = csv->buffer + csv->first;
        end = memchr(p, '\n', csv->last - csv->first);

        if (end != NULL) {
            loyalty_csv_take(csv, end + 1);
            return LOYALTY_OK;
        }

        loyalty_csv_take(csv, csv->buffer + csv->last);

        if (csv->ended) {
            return LOYALTY_OK;
        }

        if (loyalty_csv_fill(csv) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }
}
