
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                            /* wcwidth() */

#include <loyalty_json.h>
#include <loyalty_table.h>
#include <loyalty_time.h>
#include <loyalty_utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>


#define LOYALTY_TABLE_GAP     "  "             /* between columns */

/* An integer or a time as a text, and a NUL. */

#define LOYALTY_TABLE_NUMBER  32


static loyalty_str_t loyalty_table_value(const loyalty_table_column_t *column,
    const loyalty_db_value_t *value, char *buffer);
static void loyalty_table_keep(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values);
static loyalty_str_t loyalty_table_cell(loyalty_str_t text);
static void loyalty_table_page(loyalty_table_writer_t *table);
static void loyalty_table_heading(const char *name, char *heading,
    size_t size);
static void loyalty_table_line(const loyalty_table_writer_t *table,
    const loyalty_str_t *cells);
static size_t loyalty_table_width(loyalty_str_t text);
static void loyalty_table_csv(const loyalty_table_writer_t *table,
    const loyalty_db_value_t *values);
static void loyalty_table_csv_text(loyalty_str_t text);
static void loyalty_table_json(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values);


void
loyalty_table_begin(loyalty_table_writer_t *table, loyalty_print_e format,
    const loyalty_table_column_t *columns, unsigned ncolumns)
{
    unsigned  i;

    memset(table, 0, sizeof(loyalty_table_writer_t));

    table->format = format;
    table->columns = columns;
    table->ncolumns = ncolumns;

    if (format == LOYALTY_PRINT_JSON) {
        (void) fputc('[', stdout);
    }

    if (format == LOYALTY_PRINT_CSV) {

        for (i = 0; i < ncolumns; i++) {
            (void) printf("%s%s", (i != 0) ? "," : "", columns[i].name);
        }

        (void) fputs("\r\n", stdout);
    }
}


void
loyalty_table_row(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values)
{
    if (table->failed) {
        return;
    }

    switch (table->format) {

    case LOYALTY_PRINT_CSV:
        loyalty_table_csv(table, values);
        break;

    case LOYALTY_PRINT_JSON:
    case LOYALTY_PRINT_LINES:
        loyalty_table_json(table, values);
        break;

    default: /* LOYALTY_PRINT_TABLE */
        loyalty_table_keep(table, values);
    }

    table->rows++;
}


void
loyalty_table_db_row(loyalty_table_writer_t *table, loyalty_db_t *db)
{
    unsigned            i;
    loyalty_db_value_t  values[LOYALTY_TABLE_COLUMNS];

    for (i = 0; i < table->ncolumns; i++) {
        values[i].is_text = (table->columns[i].kind == LOYALTY_TABLE_TEXT);

        if (values[i].is_text) {
            values[i].text = loyalty_db_column_text(db, (int) i);

        } else {
            values[i].integer = loyalty_db_column_int(db, (int) i);
        }
    }

    loyalty_table_row(table, values);
}


int
loyalty_table_end(loyalty_table_writer_t *table)
{
    if (table->format == LOYALTY_PRINT_JSON) {
        (void) fputs((table->rows != 0) ? "\n]" : "]", stdout);
    }

    if (table->format == LOYALTY_PRINT_TABLE) {
        loyalty_table_page(table);
    }

    free(table->cells);
    table->cells = NULL;

    return table->failed ? LOYALTY_ERROR : LOYALTY_OK;
}


/* As it is printed; a number is put into the buffer. */

static loyalty_str_t
loyalty_table_value(const loyalty_table_column_t *column,
    const loyalty_db_value_t *value, char *buffer)
{
    loyalty_str_t  text;

    text.data = buffer;
    text.len = 0;

    switch (column->kind) {

    case LOYALTY_TABLE_TEXT:
        return value->text;

    case LOYALTY_TABLE_INTEGER:
        text.len = (size_t) snprintf(buffer, LOYALTY_TABLE_NUMBER, "%lld",
                                     (long long) value->integer);
        break;

    case LOYALTY_TABLE_TIME:

        if (value->integer != 0) {
            loyalty_time_write(value->integer, buffer);
            text.len = LOYALTY_TIME_LEN;
        }
    }

    return text;
}


/* Until it is known how wide the columns are. */

static void
loyalty_table_keep(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values)
{
    char            buffer[LOYALTY_TABLE_NUMBER];
    unsigned        i;
    loyalty_str_t  *cell;

    if (table->cells == NULL) {
        table->cells = calloc((size_t) LOYALTY_TABLE_PAGE * table->ncolumns,
                              sizeof(loyalty_str_t));
    }

    for (i = 0; i < table->ncolumns && table->cells != NULL; i++) {
        cell = &table->cells[table->ncells];

        *cell = loyalty_table_cell(loyalty_table_value(&table->columns[i],
                                                       &values[i], buffer));
        if (cell->data == NULL) {
            break;
        }

        table->ncells++;
    }

    if (i != table->ncolumns) {
        table->failed = 1;
        return;
    }

    if (table->ncells == (size_t) LOYALTY_TABLE_PAGE * table->ncolumns) {
        loyalty_table_page(table);
    }
}


/*
 * A copy that can be shown: without what a terminal would take for a command
 * or for the end of a line.
 */

static loyalty_str_t
loyalty_table_cell(loyalty_str_t text)
{
    char           *data, *p;
    size_t          i, n;
    uint32_t        code;
    loyalty_str_t   cell = { 0, NULL };

    if (text.len == 0) {
        text.data = "-";
        text.len = 1;
    }

    data = malloc(text.len);
    if (data == NULL) {
        return cell;
    }

    p = data;

    for (i = 0; i < text.len; i += n) {
        n = loyalty_utf8_next(text.data + i, text.len - i, &code);

        if (n == 0 || code < ' ' || (code >= 0x7f && code < 0xa0)) {
            *p++ = '?';
            n = (n == 0) ? 1 : n;
            continue;
        }

        memcpy(p, text.data + i, n);
        p += n;
    }

    cell.data = data;
    cell.len = (size_t) (p - data);

    return cell;
}


/* Prints what was kept; the first time, with headings. */

static void
loyalty_table_page(loyalty_table_writer_t *table)
{
    char           texts[LOYALTY_TABLE_COLUMNS][LOYALTY_TABLE_NUMBER];
    size_t         i, width;
    unsigned       n;
    loyalty_str_t  headings[LOYALTY_TABLE_COLUMNS];

    if (!table->paged) {

        for (n = 0; n < table->ncolumns; n++) {
            loyalty_table_heading(table->columns[n].name, texts[n],
                                  sizeof(texts[n]));
            headings[n].data = texts[n];
            headings[n].len = strlen(texts[n]);
            table->widths[n] = headings[n].len;
        }

        for (i = 0; i < table->ncells; i++) {
            width = loyalty_table_width(table->cells[i]);

            if (width > table->widths[i % table->ncolumns]) {
                table->widths[i % table->ncolumns] = width;
            }
        }

        loyalty_table_line(table, headings);
        table->paged = 1;
    }

    for (i = 0; i + table->ncolumns <= table->ncells; i += table->ncolumns) {
        loyalty_table_line(table, table->cells + i);
    }

    for (i = 0; i < table->ncells; i++) {
        free((char *) table->cells[i].data);
    }

    table->ncells = 0;
}


static void
loyalty_table_heading(const char *name, char *heading, size_t size)
{
    size_t  i;

    for (i = 0; name[i] != '\0' && i < size - 1; i++) {
        heading[i] = (name[i] == '_') ? ' '
                     : (name[i] >= 'a' && name[i] <= 'z')
                       ? (char) (name[i] - 'a' + 'A') : name[i];
    }

    heading[i] = '\0';
}


static void
loyalty_table_line(const loyalty_table_writer_t *table,
    const loyalty_str_t *cells)
{
    int       blanks;
    size_t    width;
    unsigned  i;

    for (i = 0; i < table->ncolumns; i++) {
        width = loyalty_table_width(cells[i]);
        blanks = (width < table->widths[i])
                 ? (int) (table->widths[i] - width) : 0;

        if (i != 0) {
            (void) fputs(LOYALTY_TABLE_GAP, stdout);
        }

        if (table->columns[i].kind == LOYALTY_TABLE_INTEGER) {
            (void) printf("%*s", blanks, "");
        }

        (void) fwrite(cells[i].data, 1, cells[i].len, stdout);

        /* nothing behind the last one */

        if (table->columns[i].kind != LOYALTY_TABLE_INTEGER
            && i + 1 != table->ncolumns)
        {
            (void) printf("%*s", blanks, "");
        }
    }

    (void) fputc('\n', stdout);
}


/* On a terminal: some characters take two places, and some none. */

static size_t
loyalty_table_width(loyalty_str_t text)
{
    int       one;
    size_t    i, n, width;
    uint32_t  code;

    width = 0;

    for (i = 0; i < text.len; i += n) {
        n = loyalty_utf8_next(text.data + i, text.len - i, &code);

        if (n == 0) {
            return text.len;
        }

        one = wcwidth((wchar_t) code);
        width += (one < 0) ? 1 : (size_t) one;
    }

    return width;
}


static void
loyalty_table_csv(const loyalty_table_writer_t *table,
    const loyalty_db_value_t *values)
{
    char      buffer[LOYALTY_TABLE_NUMBER];
    unsigned  i;

    for (i = 0; i < table->ncolumns; i++) {

        if (i != 0) {
            (void) fputc(',', stdout);
        }

        loyalty_table_csv_text(loyalty_table_value(&table->columns[i],
                                                   &values[i], buffer));
    }

    (void) fputs("\r\n", stdout);
}


static void
loyalty_table_csv_text(loyalty_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (strchr(",\"\r\n", text.data[i]) != NULL) {
            break;
        }
    }

    if (i == text.len) {
        (void) fwrite(text.data, 1, text.len, stdout);
        return;
    }

    (void) fputc('"', stdout);

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '"') {
            (void) fputc('"', stdout);
        }

        (void) fputc(text.data[i], stdout);
    }

    (void) fputc('"', stdout);
}


static void
loyalty_table_json(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values)
{
    char            buffer[LOYALTY_TABLE_NUMBER];
    unsigned        i;
    loyalty_str_t   text, unknown = loyalty_string("?");
    loyalty_json_t  json;

    loyalty_json_init(&json);
    loyalty_json_open(&json, '{');

    for (i = 0; i < table->ncolumns; i++) {
        loyalty_json_key(&json, table->columns[i].name);

        if (table->columns[i].kind == LOYALTY_TABLE_INTEGER) {
            loyalty_json_integer(&json, values[i].integer);
            continue;
        }

        text = loyalty_table_value(&table->columns[i], &values[i], buffer);

        loyalty_json_text(&json, loyalty_utf8_valid(text) ? text : unknown);
    }

    loyalty_json_close(&json, '}');

    if (json.failed) {
        table->failed = 1;

    } else if (table->format == LOYALTY_PRINT_LINES) {
        (void) printf("%.*s\n", (int) json.len, json.data);

    } else {
        (void) printf("%s\n%.*s", (table->rows != 0) ? "," : "",
                      (int) json.len, json.data);
    }

    loyalty_json_free(&json);
}
