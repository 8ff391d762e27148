
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer.h>
#include <loyalty_text.h>

#include <pthread.h>
#include <string.h>


typedef struct {
    loyalty_str_t       id;              /* "": of a fault, whose code it is */
    uint64_t            variables;       /* by bit */
} loyalty_text_t;


static void loyalty_texts_parse(void);


#define loyalty_text_has(variable)                                            \
    (UINT64_C(1) << LOYALTY_VARIABLE_##variable)

#define loyalty_text_has_amount(variable)                                     \
    (loyalty_text_has(variable) | loyalty_text_has(variable##_NUMBER))

/* what is known of a member whatever the answer is about */

#define LOYALTY_KNOWN_OF_MEMBER                                               \
    (loyalty_text_has_amount(POINTS) | loyalty_text_has_amount(PENDING)       \
     | loyalty_text_has_amount(EARNED) | loyalty_text_has_amount(SPENT)       \
     | loyalty_text_has_amount(LIFETIME) | loyalty_text_has(TIER)             \
     | loyalty_text_has(REFERRAL))

#define LOYALTY_KNOWN_OF_ORDER                                                \
    (LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(ORDER))

#define LOYALTY_KNOWN_OF_REWARD                                               \
    (LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(REWARD)                       \
     | loyalty_text_has_amount(COST))

#define LOYALTY_KNOWN_OF_COUPON                                               \
    (LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(COUPON)                       \
     | loyalty_text_has(EXPIRES))


const loyalty_str_t  loyalty_variables[LOYALTY_VARIABLES + 1] = {
    [LOYALTY_VARIABLE_POINTS] = loyalty_string("points"),
    [LOYALTY_VARIABLE_POINTS_NUMBER] = loyalty_string("points.number"),
    [LOYALTY_VARIABLE_PENDING] = loyalty_string("pending"),
    [LOYALTY_VARIABLE_PENDING_NUMBER] = loyalty_string("pending.number"),
    [LOYALTY_VARIABLE_EARNED] = loyalty_string("earned"),
    [LOYALTY_VARIABLE_EARNED_NUMBER] = loyalty_string("earned.number"),
    [LOYALTY_VARIABLE_SPENT] = loyalty_string("spent"),
    [LOYALTY_VARIABLE_SPENT_NUMBER] = loyalty_string("spent.number"),
    [LOYALTY_VARIABLE_LIFETIME] = loyalty_string("lifetime"),
    [LOYALTY_VARIABLE_LIFETIME_NUMBER] = loyalty_string("lifetime.number"),
    [LOYALTY_VARIABLE_COST] = loyalty_string("cost"),
    [LOYALTY_VARIABLE_COST_NUMBER] = loyalty_string("cost.number"),
    [LOYALTY_VARIABLE_MISSING] = loyalty_string("missing"),
    [LOYALTY_VARIABLE_MISSING_NUMBER] = loyalty_string("missing.number"),
    [LOYALTY_VARIABLE_ORDER] = loyalty_string("order"),
    [LOYALTY_VARIABLE_REWARD] = loyalty_string("reward"),
    [LOYALTY_VARIABLE_TIER] = loyalty_string("tier"),
    [LOYALTY_VARIABLE_BADGE] = loyalty_string("badge"),
    [LOYALTY_VARIABLE_ACTION] = loyalty_string("action"),
    [LOYALTY_VARIABLE_COUPON] = loyalty_string("coupon"),
    [LOYALTY_VARIABLE_EXPIRES] = loyalty_string("expires"),
    [LOYALTY_VARIABLE_REFERRAL] = loyalty_string("referral"),
    [LOYALTY_VARIABLE_RANK] = loyalty_string("rank"),
    [LOYALTY_VARIABLE_NUMBER] = loyalty_string("number"),
    [LOYALTY_VARIABLES] = loyalty_string("")
};


static const loyalty_text_t  loyalty_texts[LOYALTY_TEXTS] = {

    [LOYALTY_TEXT_SIGNED_UP] = {
      loyalty_string("signed_up"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_ALREADY_MEMBER] = {
      loyalty_string("already_member"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_CLAIMED] = {
      loyalty_string("claimed"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_NOTHING] = {
      loyalty_string("claimed_nothing"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_TOO_LOW] = {
      loyalty_string("claimed_too_low"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_LIMIT] = {
      loyalty_string("claimed_limit"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT] = {
      loyalty_string("claimed_too_low_or_limit"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_REFUNDED] = {
      loyalty_string("claimed_refunded"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT] = {
      loyalty_string("claimed_refunded_or_limit"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_ALREADY_CLAIMED] = {
      loyalty_string("already_claimed"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_CLAIM_PENDING] = {
      loyalty_string("claim_pending"), LOYALTY_KNOWN_OF_ORDER },

    [LOYALTY_TEXT_REWARDED] = {
      loyalty_string("rewarded"),
      LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(ACTION) },

    [LOYALTY_TEXT_REWARDED_UNNAMED] = {
      loyalty_string("rewarded_unnamed"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_ALREADY_REWARDED] = {
      loyalty_string("already_rewarded"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_NEW_BADGE] = {
      loyalty_string("new_badge"),
      LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(BADGE) },

    [LOYALTY_TEXT_REDEEMED] = {
      loyalty_string("redeemed"),
      LOYALTY_KNOWN_OF_COUPON | loyalty_text_has(REWARD) },

    [LOYALTY_TEXT_REDEEMED_MANUAL] = {
      loyalty_string("redeemed_manual"),
      LOYALTY_KNOWN_OF_COUPON | loyalty_text_has(REWARD) },

    [LOYALTY_TEXT_REDEEMED_UNNAMED] = {
      loyalty_string("redeemed_unnamed"), LOYALTY_KNOWN_OF_COUPON },

    [LOYALTY_TEXT_REDEMPTION_PENDING] = {
      loyalty_string("redemption_pending"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_CANCELLED] = {
      loyalty_string("cancelled"), LOYALTY_KNOWN_OF_COUPON },

    [LOYALTY_TEXT_ALREADY_CANCELLED] = {
      loyalty_string("already_cancelled"), LOYALTY_KNOWN_OF_COUPON },

    [LOYALTY_TEXT_NOTED] = {
      loyalty_string("noted"), 0 },

    [LOYALTY_TEXT_BALANCE] = {
      loyalty_string("balance"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_BALANCE_PENDING] = {
      loyalty_string("balance_pending"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_NEXT_REWARD] = {
      loyalty_string("next_reward"),
      LOYALTY_KNOWN_OF_REWARD | loyalty_text_has_amount(MISSING) },

    [LOYALTY_TEXT_ANY_REWARD] = {
      loyalty_string("any_reward"), LOYALTY_KNOWN_OF_MEMBER },

    [LOYALTY_TEXT_NEXT_TIER] = {
      loyalty_string("next_tier"),
      LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has_amount(MISSING) },

    [LOYALTY_TEXT_COUPON_GOOD] = {
      loyalty_string("coupon_good"),
      loyalty_text_has(COUPON) | loyalty_text_has(EXPIRES) },

    [LOYALTY_TEXT_COUPON_USED] = {
      loyalty_string("coupon_used"),
      loyalty_text_has(COUPON) | loyalty_text_has(EXPIRES) },

    [LOYALTY_TEXT_COUPON_USED_FOR] = {
      loyalty_string("coupon_used_for"),
      loyalty_text_has(COUPON) | loyalty_text_has(EXPIRES)
      | loyalty_text_has(ORDER) },

    [LOYALTY_TEXT_RANK] = {
      loyalty_string("rank"), loyalty_text_has(RANK) },

    [LOYALTY_TEXT_LEADERS] = {
      loyalty_string("leaders"), 0 },

    [LOYALTY_TEXT_NO_LEADERS] = {
      loyalty_string("no_leaders"), 0 },

    [LOYALTY_TEXT_BUTTON_CLAIM] = {
      loyalty_string("button_claim"), 0 },

    [LOYALTY_TEXT_BUTTON_REWARDS] = {
      loyalty_string("button_rewards"), 0 },

    [LOYALTY_TEXT_BUTTON_REDEEM] = {
      loyalty_string("button_redeem"), 0 },

    [LOYALTY_TEXT_POINT] = {
      loyalty_string("point"), loyalty_text_has(NUMBER) },

    [LOYALTY_TEXT_POINTS] = {
      loyalty_string("points"), loyalty_text_has(NUMBER) },

    /* of the faults, those that know more than that there is one */

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_FOUND)] = {
      .variables = loyalty_text_has(ORDER) },

    [loyalty_text_of_fault(LOYALTY_NOT_ENOUGH_POINTS)] = {
      .variables = LOYALTY_KNOWN_OF_REWARD
                   | loyalty_text_has_amount(MISSING) },

    [loyalty_text_of_fault(LOYALTY_OUT_OF_STOCK)] = {
      .variables = LOYALTY_KNOWN_OF_REWARD },

    [loyalty_text_of_fault(LOYALTY_REWARD_LIMIT)] = {
      .variables = LOYALTY_KNOWN_OF_MEMBER | loyalty_text_has(REWARD) },

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_OFFERED)] = {
      .variables = LOYALTY_KNOWN_OF_REWARD },

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_PAID)] = {
      .variables = loyalty_text_has(ORDER) },

    [loyalty_text_of_fault(LOYALTY_ORDER_ALREADY_CLAIMED)] = {
      .variables = loyalty_text_has(ORDER) },

    [loyalty_text_of_fault(LOYALTY_WRONG_CURRENCY)] = {
      .variables = loyalty_text_has(ORDER) }
};


static const char *const  *loyalty_texts_words[LOYALTY_LOCALES] = {
    [LOYALTY_LOCALE_EN] = loyalty_text_en,
    [LOYALTY_LOCALE_TR] = loyalty_text_tr,
    [LOYALTY_LOCALE_TH] = loyalty_text_th
};


/* Taken apart when they are first wanted, by whichever thread that is. */

static pthread_once_t      loyalty_texts_once = PTHREAD_ONCE_INIT;
static loyalty_texts_t     loyalty_texts_parsed;
static loyalty_template_t  loyalty_texts_room[LOYALTY_LOCALES][LOYALTY_TEXTS];


const loyalty_texts_t *
loyalty_texts_shipped(void)
{
    (void) pthread_once(&loyalty_texts_once, loyalty_texts_parse);

    return &loyalty_texts_parsed;
}


static void
loyalty_texts_parse(void)
{
    int                  locale, i;
    loyalty_str_t        words, wrong;
    loyalty_template_t  *template;

    for (locale = LOYALTY_LOCALE_EN; locale < LOYALTY_LOCALES; locale++) {

        for (i = 0; i < LOYALTY_TEXTS; i++) {
            words.data = loyalty_texts_words[locale][i];
            words.len = strlen(words.data);

            template = &loyalty_texts_room[locale][i];

            (void) loyalty_text_parse(i, words, template, &wrong);

            loyalty_texts_parsed.templates[locale][i] = template;
        }
    }
}


const loyalty_template_t *const *
loyalty_texts_of(const loyalty_program_t *program, loyalty_locale_e locale)
{
    const loyalty_texts_t  *texts;

    texts = (program != NULL) ? program->texts : NULL;

    if (locale == LOYALTY_LOCALE_NONE && program != NULL) {
        locale = program->locale;
    }

    if (locale == LOYALTY_LOCALE_NONE) {
        locale = LOYALTY_LOCALE_EN;
    }

    if (texts == NULL) {
        texts = loyalty_texts_shipped();
    }

    return texts->templates[locale];
}


loyalty_str_t
loyalty_text_id(loyalty_text_e text)
{
    return (text < LOYALTY_TEXT_FAULT)
           ? loyalty_texts[text].id
           : loyalty_outcome_code(LOYALTY_BAD_REQUEST
                                  + (text - LOYALTY_TEXT_FAULT));
}


loyalty_text_e
loyalty_text_find(loyalty_str_t id)
{
    int  i;

    for (i = 0; i < LOYALTY_TEXTS; i++) {

        if (loyalty_str_equal(loyalty_text_id(i), id)) {
            break;
        }
    }

    return i;
}


uint64_t
loyalty_text_variables(loyalty_text_e text)
{
    return loyalty_texts[text].variables;
}


loyalty_template_e
loyalty_text_parse(loyalty_text_e text, loyalty_str_t words,
    loyalty_template_t *template, loyalty_str_t *wrong)
{
    int                  variable;
    size_t               i;
    loyalty_template_e   fault;

    fault = loyalty_template_parse(template, words, loyalty_variables, wrong);

    if (fault != LOYALTY_TEMPLATE_GOOD) {
        return fault;
    }

    for (i = 0; i < template->npieces; i++) {
        variable = template->pieces[i].variable;

        if (variable != LOYALTY_TEMPLATE_END
            && !(loyalty_texts[text].variables & (UINT64_C(1) << variable)))
        {
            *wrong = loyalty_variables[variable];
            return LOYALTY_TEMPLATE_UNKNOWN;
        }
    }

    return LOYALTY_TEMPLATE_GOOD;
}
