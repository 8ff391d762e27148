
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_order_case.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>


/* "-9223372036854775808", with a NUL */

#define LOYALTY_INTEGER_SIZE  21


/* What is still free of an order's block. */

typedef struct {
    loyalty_str_t  *categories;
    char           *texts;
} loyalty_order_room_t;


static loyalty_order_verdict_e loyalty_order_count(loyalty_order_case_t *oc,
    const json_t *list, size_t *ncategories);
static size_t loyalty_order_values(const json_t *value);
static loyalty_item_t *loyalty_order_block(size_t nitems, size_t ncategories,
    loyalty_order_room_t *room);
static loyalty_order_verdict_e loyalty_order_item(loyalty_order_case_t *oc,
    json_t *element, loyalty_order_room_t *room, loyalty_item_t *item);
static loyalty_order_verdict_e loyalty_order_sku(loyalty_order_case_t *oc,
    json_t *element, loyalty_order_room_t *room, loyalty_item_t *item);
static loyalty_order_verdict_e loyalty_order_quantity(
    loyalty_order_case_t *oc, json_t *element, loyalty_item_t *item);
static loyalty_order_verdict_e loyalty_order_categories(
    loyalty_order_case_t *oc, json_t *element, loyalty_order_room_t *room,
    loyalty_item_t *item);
static loyalty_order_verdict_e loyalty_order_category(
    loyalty_order_case_t *oc, const json_t *value,
    loyalty_order_room_t *room);
static int loyalty_order_text(const json_t *value,
    loyalty_order_room_t *room, loyalty_str_t *text);


loyalty_order_verdict_e
loyalty_order_items(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    size_t                    i, n, ncategories;
    json_t                   *list;
    loyalty_str_t             pointer;
    loyalty_item_t           *items;
    loyalty_order_room_t      room;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.items;

    verdict = loyalty_order_fact(oc, oc->order, "items", pointer, &list);

    if (verdict != LOYALTY_VERDICT_GOOD || list == NULL) {
        return verdict;
    }

    verdict = loyalty_order_count(oc, list, &ncategories);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    n = json_array_size(list);

    if (n == 0) {
        return LOYALTY_VERDICT_GOOD;
    }

    items = loyalty_order_block(n, ncategories, &room);

    if (items == NULL) {
        return loyalty_order_bad(oc, "items", pointer,
                                 "does not fit into memory");
    }

    for (i = 0; i < n; i++) {
        verdict = loyalty_order_item(oc, json_array_get(list, i), &room,
                                     &items[i]);

        if (verdict != LOYALTY_VERDICT_GOOD) {
            free(items);
            return verdict;
        }
    }

    order->items = items;
    order->nitems = n;

    return LOYALTY_VERDICT_GOOD;
}


/* How many categories there are is known before any of them is judged. */

static loyalty_order_verdict_e
loyalty_order_count(loyalty_order_case_t *oc, const json_t *list,
    size_t *ncategories)
{
    size_t                    i, n;
    json_t                   *element, *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    *ncategories = 0;

    if (!json_is_array(list)) {
        return loyalty_order_bad(oc, "items", oc->store->lookup.items,
                                 "is not an array");
    }

    n = json_array_size(list);

    if (n > LOYALTY_ITEMS_MAX) {
        return loyalty_order_bad(oc, "items", oc->store->lookup.items,
                                 "has too many items");
    }

    pointer = oc->store->lookup.item_category;

    for (i = 0; i < n; i++) {
        element = json_array_get(list, i);

        if (!json_is_object(element)) {
            return loyalty_order_bad(oc, "items", oc->store->lookup.items,
                                     "has an item that is not an object");
        }

        verdict = loyalty_order_fact(oc, element, "item_category", pointer,
                                     &value);

        if (verdict != LOYALTY_VERDICT_GOOD) {
            return verdict;
        }

        *ncategories += loyalty_order_values(value);

        if (*ncategories > LOYALTY_CATEGORIES_MAX) {
            return loyalty_order_bad(oc, "item_category", pointer,
                                     "has too many categories in all");
        }
    }

    return LOYALTY_VERDICT_GOOD;
}


/* One value may stand for an array of it. */

static size_t
loyalty_order_values(const json_t *value)
{
    if (value == NULL) {
        return 0;
    }

    return json_is_array(value) ? json_array_size(value) : 1;
}


/* Each SKU and each category may turn out to be an integer. */

static loyalty_item_t *
loyalty_order_block(size_t nitems, size_t ncategories,
    loyalty_order_room_t *room)
{
    loyalty_item_t  *items;

    items = calloc(1, nitems * sizeof(loyalty_item_t)
                      + ncategories * sizeof(loyalty_str_t)
                      + (nitems + ncategories) * LOYALTY_INTEGER_SIZE);

    if (items == NULL) {
        return NULL;
    }

    room->categories = (loyalty_str_t *) (items + nitems);
    room->texts = (char *) (room->categories + ncategories);

    return items;
}


static loyalty_order_verdict_e
loyalty_order_item(loyalty_order_case_t *oc, json_t *element,
    loyalty_order_room_t *room, loyalty_item_t *item)
{
    loyalty_order_verdict_e  verdict;

    verdict = loyalty_order_sku(oc, element, room, item);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_quantity(oc, element, item);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_categories(oc, element, room, item);
    }

    return verdict;
}


static loyalty_order_verdict_e
loyalty_order_sku(loyalty_order_case_t *oc, json_t *element,
    loyalty_order_room_t *room, loyalty_item_t *item)
{
    json_t                   *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.item_sku;

    verdict = loyalty_order_fact(oc, element, "item_sku", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
        return verdict;
    }

    if (loyalty_order_text(value, room, &item->sku) != LOYALTY_OK) {
        return loyalty_order_bad(oc, "item_sku", pointer,
                                 "is neither a string nor an integer");
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_quantity(loyalty_order_case_t *oc, json_t *element,
    loyalty_item_t *item)
{
    json_t                   *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.item_quantity;

    verdict = loyalty_order_fact(oc, element, "item_quantity", pointer,
                                 &value);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (value == NULL) {
        item->quantity = 1;
        return LOYALTY_VERDICT_GOOD;
    }

    if (loyalty_order_decimal(oc, value, 0, LOYALTY_SIGN_COUNTS,
                              &item->quantity)
        != LOYALTY_OK
        || item->quantity > LOYALTY_ITEM_QUANTITY_MAX)
    {
        return loyalty_order_bad(oc, "item_quantity", pointer,
                                 "is not a whole number of pieces");
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_categories(loyalty_order_case_t *oc, json_t *element,
    loyalty_order_room_t *room, loyalty_item_t *item)
{
    size_t                    i;
    json_t                   *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.item_category;

    verdict = loyalty_order_fact(oc, element, "item_category", pointer,
                                 &value);

    if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
        return verdict;
    }

    item->categories = room->categories;
    item->ncategories = loyalty_order_values(value);

    if (!json_is_array(value)) {
        return loyalty_order_category(oc, value, room);
    }

    for (i = 0; i < item->ncategories; i++) {
        verdict = loyalty_order_category(oc, json_array_get(value, i), room);

        if (verdict != LOYALTY_VERDICT_GOOD) {
            return verdict;
        }
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_category(loyalty_order_case_t *oc, const json_t *value,
    loyalty_order_room_t *room)
{
    if (loyalty_order_text(value, room, room->categories) != LOYALTY_OK) {
        return loyalty_order_bad(oc, "item_category",
                                 oc->store->lookup.item_category,
                                 "is neither a string, an integer nor an "
                                 "array of them");
    }

    room->categories++;

    return LOYALTY_VERDICT_GOOD;
}


/* Some stores know products and categories by their numbers only. */

static int
loyalty_order_text(const json_t *value, loyalty_order_room_t *room,
    loyalty_str_t *text)
{
    if (json_is_string(value)) {
        *text = loyalty_order_string(value);
        return LOYALTY_OK;
    }

    if (!json_is_integer(value)) {
        return LOYALTY_ERROR;
    }

    text->data = room->texts;
    text->len = (size_t) snprintf(room->texts, LOYALTY_INTEGER_SIZE,
                                  "%" PRId64,
                                  (int64_t) json_integer_value(value));

    room->texts += LOYALTY_INTEGER_SIZE;

    return LOYALTY_OK;
}
