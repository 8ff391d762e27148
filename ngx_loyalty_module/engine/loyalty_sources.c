
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_sources.h>

#include <stdlib.h>
#include <string.h>


static uint16_t *loyalty_sources_slot(loyalty_sources_t *sources,
    loyalty_str_t name);
static int loyalty_sources_compare(const void *one, const void *two);


void
loyalty_sources_count(loyalty_sources_t *sources, loyalty_str_t name,
    const loyalty_heads_t *heads)
{
    uint16_t          *slot;
    loyalty_source_t  *source;

    if (name.len > LOYALTY_SOURCE_MAX) {
        name.len = LOYALTY_SOURCE_MAX;
    }

    slot = loyalty_sources_slot(sources, name);

    if (*slot == 0) {

        if (sources->nelts == LOYALTY_SOURCES) {
            loyalty_sources_keep(sources, LOYALTY_SOURCES / 2);
            slot = loyalty_sources_slot(sources, name);
        }

        source = &sources->elts[sources->nelts++];

        memset(source, 0, sizeof(loyalty_source_t));
        memcpy(source->name, name.data, name.len);

        source->len = name.len;
        *slot = (uint16_t) sources->nelts;
    }

    loyalty_heads_add(&sources->elts[*slot - 1].heads, heads);
}


/* Where it is, or where it belongs; a half of the slots is free at least. */

static uint16_t *
loyalty_sources_slot(loyalty_sources_t *sources, loyalty_str_t name)
{
    size_t         i;
    uint32_t       hash;
    loyalty_str_t  other;

    /* FNV-1a */

    hash = 2166136261u;

    for (i = 0; i < name.len; i++) {
        hash = (hash ^ (uint8_t) name.data[i]) * 16777619u;
    }

    for ( ;; ) {
        hash %= LOYALTY_SOURCES_SLOTS;

        if (sources->slots[hash] == 0) {
            break;
        }

        other.data = sources->elts[sources->slots[hash] - 1].name;
        other.len = sources->elts[sources->slots[hash] - 1].len;

        if (loyalty_str_equal(other, name)) {
            break;
        }

        hash++;
    }

    return &sources->slots[hash];
}


void
loyalty_sources_keep(loyalty_sources_t *sources, size_t n)
{
    size_t         i;
    loyalty_str_t  name;

    qsort(sources->elts, sources->nelts, sizeof(loyalty_source_t),
          loyalty_sources_compare);

    if (sources->nelts > n) {
        sources->nelts = n;
    }

    memset(sources->slots, 0, sizeof(sources->slots));

    for (i = 0; i < sources->nelts; i++) {
        name.data = sources->elts[i].name;
        name.len = sources->elts[i].len;

        *loyalty_sources_slot(sources, name) = (uint16_t) (i + 1);
    }
}


static int
loyalty_sources_compare(const void *one, const void *two)
{
    const loyalty_source_t  *a = one, *b = two;
    const loyalty_str_t      name_a = { a->len, a->name };
    const loyalty_str_t      name_b = { b->len, b->name };

    if (a->heads.members != b->heads.members) {
        return (a->heads.members < b->heads.members) ? 1 : -1;
    }

    return loyalty_str_compare(name_a, name_b);
}


void
loyalty_heads_add(loyalty_heads_t *heads, const loyalty_heads_t *more)
{
    heads->members += more->members;
    heads->newcomers += more->newcomers;
    heads->buyers += more->buyers;
    heads->repeat_buyers += more->repeat_buyers;
}
