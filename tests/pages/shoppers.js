/*
 * The whole way of a shopper, at a phone and at a desk, in light and in dark,
 * in each language: from the thank-you page to a coupon and back.
 */

import { DESKTOP, OPEN_PAGE, PHONE, Shopper } from './browser.js';
import { scan } from './codes.js';
import { check, none, same } from './report.js';

/* what the page says, by language, where the test reads it */

const WORDS = {
    en: { points: n => `${n} points`, member: 'not a member yet',
          copied: 'copied', thanks: 'Thank you' },
    tr: { points: n => `${n} puan`, member: 'henüz üye değil',
          copied: 'kopyalandı', thanks: 'Teşekkürler' },
    th: { points: n => `${n} คะแนน`, member: 'ยังไม่ได้เป็นสมาชิก',
          copied: 'แล้ว', thanks: 'ขอบคุณ' },
};

const SHOPPERS = [
    [1, 'en', 'phone', PHONE, 'light'],
    [2, 'tr', 'phone', PHONE, 'dark'],
    [3, 'th', 'desk', DESKTOP, 'light'],
    [4, 'en', 'desk', DESKTOP, 'dark'],
];


async function arrives(shopper, n, words) {
    await shopper.open(`?order=${n}-1001`);
    await shopper.sees('the order of the link is asked for',
                       '#welcome-title', `${n}-1001`);
    same(`${shopper.name}: and stands in its field`,
         await shopper.$('#order').inputValue(), `${n}-1001`);
    await shopper.isAccessible('welcome');

    await shopper.fill('#email', 'nonsense');
    await shopper.click('#enter .main');
    await shopper.sees('no address is complained of', '#enter-fault', /./);
    same(`${shopper.name}: and the cursor is where it is mended`,
         await shopper.focused(), 'email');
    await shopper.isAccessible('welcome with a fault');

    await shopper.fill('#email', `Shopper-${n}@Example.com`);
    await shopper.click('#enter .main');
    await shopper.sees('a stranger may join', '#join-text', words.member);
    same(`${shopper.name}: and hears so`, await shopper.focused(),
         'join-title');
    await shopper.isAccessible('join');
}


async function earns(shopper, n, words) {
    await shopper.click('#signup .main');
    await shopper.sees('joins, and has the order', '#points',
                       words.points(110));
    await shopper.sees('is told of the order', '#notice-text', `${n}-1001`);
    await shopper.sees('and thanked', '#notice-text', words.thanks);
    await shopper.sees('sees the gap', '#next-text', words.points(90));
    same(`${shopper.name}: as a bar`, await shopper.$('#next-bar').evaluate(
        bar => [bar.value, bar.max]), [110, 200]);
    await shopper.sees('has a badge', '#badges-list', 'First order');
    await shopper.sees('is in a tier', '#standing-facts', 'Gold');
    await shopper.sees('sees what is for others', '#rewards-list', 'Gold');
    await shopper.sees('finds it in the history', '#history-list',
                       `${n}-1001`);
    same(`${shopper.name}: the address bar is clean`,
         new URL(shopper.page.url()).search, '');
    await shopper.isAccessible('home');

    await shopper.fill('#claim-order', `${n}-1003`);
    await shopper.click('#claims .main');
    await shopper.sees('an order that is not paid', '#claim-fault', /./);
    await shopper.isAccessible('home with a fault');

    await shopper.fill('#claim-order', `${n}-1002`);
    await shopper.click('#claims .main');
    await shopper.sees('claims another', '#points', words.points(255));
    await shopper.sees('is glad of a reward', '#notice-text',
                       'Free handkerchief');
    same(`${shopper.name}: the badge is not new any more`,
         await shopper.$('#badges-list').textContent(), 'First order');
    check(`${shopper.name}: with confetti`,
          await shopper.$('.confetti i').count() > 0);
    await shopper.shot('joy', 1200);
    await shopper.click('#notice-close');
}


async function redeems(shopper, words) {
    await shopper.click('#redeem-hanky');
    await shopper.sees('is asked', '#redeem-title', words.points(200));
    await shopper.sees('and told what is left', '#redeem-text',
                       words.points(55));
    await shopper.isAccessible('the question');

    await shopper.page.keyboard.press('Escape');
    same(`${shopper.name}: Escape leads back`, await shopper.focused(),
         'redeem-hanky');

    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('has a coupon', '#coupon-qr svg');

    const code = await shopper.$('#coupon-code').textContent();

    check(`${shopper.name}: of 16 letters and digits`,
          /^[0-9A-Z]{16}$/.test(code), code);
    same(`${shopper.name}: which is what the picture says`,
         scan(await shopper.$('#coupon-qr').innerHTML()).text, code);

    await shopper.click('#coupon-copy');
    await shopper.sees('copies it', '#coupon-copied', words.copied);
    same(`${shopper.name}: whole`, await shopper.page.evaluate(
        () => navigator.clipboard.readText()), code);
    await shopper.isAccessible('a coupon');

    await shopper.click('#coupon [data-close]');
    await shopper.sees('has less', '#points', words.points(55));
    await shopper.sees('finds it in the history', '#history-list .less',
                       '-200');

    return code;
}


async function givesBack(shopper, code, words) {
    await shopper.click('#history-list button');
    await shopper.sees('finds the coupon again', '#coupon-code', code);
    await shopper.click('#coupon-return');
    await shopper.sees('is asked whether to give it back', '#return-text');
    await shopper.isAccessible('the question of return');
    await shopper.click('#return-yes');
    await shopper.sees('gives it back', '#points', words.points(255));
    await shopper.sees('and finds it so', '#history-list .more', '+200');
    check(`${shopper.name}: and has no coupon to show`,
          await shopper.$('#history-list button').count() === 0);
}


async function speaks(shopper, language) {
    await shopper.$('#language').focus();

    for (const other of ['tr', 'th', 'en', language]) {
        await shopper.$('#language').selectOption(other);
        await shopper.sees(`reads ${other}`, '#points',
                           WORDS[other].points(255));
        same(`${shopper.name}: and is heard in it`, await shopper.$('html')
            .getAttribute('lang'), other);
    }

    same(`${shopper.name}: the cursor stays`, await shopper.focused(),
         'language');
}


/* At a machine that others use, too. */

async function signsOut(shopper) {
    await shopper.page.evaluate(() => sessionStorage.setItem('cart', 'tea'));
    await shopper.click('#signout');
    await shopper.sees('signs out', '#welcome-title');

    none(`${shopper.name}: no cookie is left`,
         (await shopper.context.cookies()).map(each => each.name));
    same(`${shopper.name}: nor anything else that is the page's`,
         await shopper.page.evaluate(() => Object.keys(sessionStorage)),
         ['cart']);
    same(`${shopper.name}: nor is anything in the page`,
         await shopper.$('#who, #points, #rewards-list, #history-list')
             .allTextContents(), ['', '', '', '']);

    await shopper.page.reload();
    await shopper.sees('and is nobody from then on', '#welcome-title');
}


async function returns(shopper, n, words) {
    await shopper.page.reload();
    await shopper.sees('is known after a reload', '#points',
                       words.points(255));
    await shopper.isAccessible('home again');

    await shopper.page.evaluate(() => sessionStorage.clear());
    await shopper.page.reload();
    await shopper.sees('also without the address', '#points',
                       words.points(255));
    same(`${shopper.name}: by a cookie that no script sees`,
         (await shopper.context.cookies()).map(each =>
             [each.name, each.httpOnly, each.sameSite]),
         [['loyalty_shop', true, 'Lax']]);

    /* a button of the chat leads to the rewards */

    await shopper.open('?from=chat#rewards');
    await shopper.sees('is led to the rewards', '#rewards-list', /./);
    check(`${shopper.name}: which are in sight`, await shopper.$('#rewards')
        .evaluate(part => part.getBoundingClientRect().top)
        < await shopper.page.evaluate(() => window.innerHeight / 2));

    await signsOut(shopper);

    /* a token of a chat platform's link is the order as well */

    await shopper.open(`?ref=o-${n}-1004_2eA`);
    await shopper.sees('comes by a token', '#welcome-title', `${n}-1004.A`);
    await shopper.fill('#email', `shopper-${n}@example.com`);
    await shopper.click('#enter .main');
    await shopper.sees('is known already', '#points', words.points(258));
}


/* A mail with a signed link, and somebody else at the same phone. */

async function links(browser) {
    const shopper = await Shopper.at(browser, 'a signed link');
    const [link, broken] = process.env.LOYALTY_LINKS.split(' ');

    await shopper.page.goto(broken);
    await shopper.sees('that was changed asks who it is', '#welcome-title',
                       '13-1001');

    await shopper.page.goto(link);
    await shopper.sees('has the points', '#points', '110 points');
    await shopper.sees('and says so', '#notice-text',
                       'Order 13-1001 earned you 60 points.');
    same('a signed link: nothing is left in the address bar',
         new URL(shopper.page.url()).search, '');

    await shopper.open('?order=13-1002');
    await shopper.sees('claims the next order by itself', '#points',
                       '255 points');
    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('redeems', '#coupon-qr svg');
    await shopper.click('#coupon-return');
    await shopper.click('#return-yes');
    await shopper.sees('and gives it back', '#points', '255 points');

    await signsOut(shopper);
    await shopper.fill('#email', 'shopper-14@example.com');
    await shopper.click('#enter .main');
    await shopper.sees('does not let somebody else in', '#enter-fault',
                       'number of one of your orders');
    await shopper.fill('#order', '14-1001');
    await shopper.click('#enter .main');
    await shopper.click('#signup .main');
    await shopper.sees('but by an order of theirs', '#points', '110 points');
    await shopper.page.reload();
    await shopper.sees('who is known from then on', '#who',
                       'shopper-14@example.com');
    await shopper.leave();
}


/* At 320 pixels nothing is cut off, in no language. */

async function fits(browser) {
    const shopper = await Shopper.at(browser, 'small phone', {
        address: OPEN_PAGE, viewport: { width: 320, height: 568 },
        colorScheme: 'dark',
    });

    await shopper.page.addInitScript(() => sessionStorage.setItem(
        'loyalty.email', 'shopper-2@example.com'));

    for (const language of Object.keys(WORDS)) {
        await shopper.open(`?locale=${language}`);
        await shopper.sees(`knows ${language}`, '#points',
                           WORDS[language].points(258));

        none(`small phone: nothing is too wide in ${language}`,
             await shopper.page.evaluate(() =>
                 [...document.querySelectorAll('main *, header *')]
                     .filter(each => each.clientWidth > 0
                         && !each.closest('.unseen')
                         && each.getBoundingClientRect().right
                            > window.innerWidth)
                     .map(each => each.outerHTML.slice(0, 90))));

        await shopper.shot(language);
    }

    await shopper.leave();
}


export async function shoppers(browser) {
    for (const [n, language, place, viewport, colorScheme] of SHOPPERS) {
        const words = WORDS[language];

        const shopper = await Shopper.at(browser, `${place}, ${colorScheme}`, {
            viewport, colorScheme, locale: language,
            hasTouch: place === 'phone', isMobile: place === 'phone',
        });

        await arrives(shopper, n, words);
        await earns(shopper, n, words);

        const code = await redeems(shopper, words);

        await givesBack(shopper, code, words);
        await speaks(shopper, language);
        await returns(shopper, n, words);
        await shopper.leave();
    }

    await links(browser);
    await fits(browser);
}
