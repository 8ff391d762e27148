/*
 * Bad days: wrong orders, a slow shop, a lost answer, two taps for one, no
 * network, and strangers.
 */

import { OPEN_PAGE, Shopper, location } from './browser.js';
import { check, none, same } from './report.js';

const KEY = 'idempotency-key';


/* Where an e-mail is enough, so that a test says by itself who it is of. */

function visitor(browser, name, options) {
    return Shopper.at(browser, name, { address: OPEN_PAGE, ...options });
}


/* Requests past the page, for what was before it was opened. */

async function api(shopper, what, fields) {
    const answer = await shopper.context.request.post(shopper.address + what,
        { data: fields });

    return answer.json();
}


async function member(shopper, n, ...claimed) {
    const email = `shopper-${n}@example.com`;

    await api(shopper, 'signup', { email });

    for (const order of claimed) {
        await api(shopper, 'claim', { email, order: `${n}-${order}` });
    }

    return email;
}


async function signIn(shopper, email) {
    await shopper.open();
    await shopper.fill('#email', email);
    await shopper.click('#enter .main');
    await shopper.sees('is there', '#points', 'points');
}


function problem(status, code, more = {}) {
    return {
        status,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: `urn:loyalty:problem:${code}`,
                               title: code, detail: code, status, code,
                               ...more }),
    };
}


async function orders(browser) {
    const shopper = await visitor(browser, 'orders');

    await signIn(shopper, await member(shopper, 5));

    for (const [what, order, text] of [
        ['none', '', 'not look like an order'],
        ['one that cannot be', 'a b', 'not look like an order'],
        ['of somebody else', '1-1001', 'could not find order 1-1001'],
        ['not paid', '5-1003', 'not paid yet'],
        ['of a store that is away', '5-1005', 'shop cannot be reached'],
    ]) {
        await shopper.fill('#claim-order', order);
        await shopper.click('#claims .main');
        await shopper.sees(what, '#claim-fault', text);
    }

    await shopper.sees('nothing came of it', '#points', '50 points');
    await shopper.leave();
}


/*
 * An answer is lost, the page is closed and opened again; the coupon is given
 * back somewhere else, so that there are points for a second one.
 */

async function lostAnswer(browser) {
    const shopper = await visitor(browser, 'a lost answer');
    const email = await member(shopper, 6, '1001', '1002');
    const keys = [];
    const codes = [];

    await signIn(shopper, email);

    await shopper.page.route('**/redeem', async route => {
        keys.push(route.request().headers()[KEY]);

        const answer = await route.fetch();

        codes.push((await answer.json()).coupon);

        if (keys.length === 1) {
            await route.abort();
        } else {
            await route.fulfill({ response: answer });
        }
    });

    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('is told that the shop is away', '#redeem-fault',
                       'could not be reached');
    await shopper.isAccessible('the question with a fault');

    await shopper.page.reload();
    await shopper.sees('has paid nevertheless', '#points', '55 points');

    await api(shopper, 'cancel', { email, coupon: codes[0] });
    await shopper.page.reload();
    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('sends it again', '#coupon-code', codes[0]);

    same('a lost answer: with the same key', keys[1], keys[0]);
    same('a lost answer: and has the same coupon', codes[1], codes[0]);

    await shopper.leave();
}


/* A no is an answer, too: what is tried after it is another try. */

async function refused(browser) {
    const shopper = await visitor(browser, 'a no');
    const keys = [];

    await signIn(shopper, await member(shopper, 12, '1001', '1002'));

    await shopper.page.route('**/redeem', async route => {
        keys.push(route.request().headers()[KEY]);
        await route.fulfill(problem(409, 'out_of_stock',
            { message: 'All of these are gone.' }));
    });

    for (let n = 0; n < 2; n++) {
        await shopper.click('#redeem-hanky');
        await shopper.click('#redeem-yes');
        await shopper.sees('is told that there are no more', '#redeem-fault',
                           'All of these are gone');
        await shopper.click('#redeem [data-close]');
    }

    same('a no: is done with', new Set(keys).size, 2);
    await shopper.leave();
}


async function twoTaps(browser) {
    const shopper = await visitor(browser, 'two taps');

    await signIn(shopper, await member(shopper, 7, '1001', '1002'));

    const sent = [];

    await shopper.page.route(/\/(claim|redeem)$/, async route => {
        sent.push(location(route.request().url()));
        await new Promise(resume => setTimeout(resume, 300));
        await route.continue();
    });

    await shopper.fill('#claim-order', '7-1004.A');
    await shopper.$('#claims .main').dblclick();
    await shopper.sees('claims once', '#points', '258 points');

    await shopper.click('#redeem-hanky');
    await shopper.$('#redeem-yes').dblclick();
    await shopper.sees('redeems once', '#coupon-code', /./);
    same('two taps: one request each', sent, ['claim', 'redeem']);
    await shopper.leave();
}


async function slow(browser) {
    const shopper = await visitor(browser, 'a slow shop');

    await signIn(shopper, await member(shopper, 8));

    const go = await shopper.hold('**/claim');

    await shopper.fill('#claim-order', '8-1004.A');
    await shopper.click('#claims .main');
    await shopper.sees('waits', '#claim-fault', 'Still working');
    await shopper.isAccessible('waiting');
    go();
    await shopper.sees('and gets it', '#points', '53 points');
    same('a slow shop: which ends the waiting',
         await shopper.$('#claim-fault').textContent(), '');
    await shopper.leave();
}


async function offline(browser) {
    const shopper = await visitor(browser, 'offline');

    await signIn(shopper, await member(shopper, 8));
    await shopper.context.setOffline(true);
    await shopper.sees('is told', '#offline', 'You are offline');
    await shopper.isAccessible('offline');

    await shopper.fill('#claim-order', '8-1001');
    await shopper.click('#claims .main');
    await shopper.sees('claims in vain', '#claim-fault',
                       'could not be reached');

    await shopper.context.setOffline(false);
    await shopper.$('#offline').waitFor({ state: 'hidden' });
    await shopper.click('#claims .main');
    await shopper.sees('and not in vain later', '#points', '113 points');
    await shopper.leave();
}


async function unreachable(browser) {
    const shopper = await visitor(browser, 'unreachable');

    let asked = 0;

    await shopper.page.route('**/balance', route => {
        asked++;
        return route.fulfill(problem(503, 'database_unavailable'));
    });

    await shopper.open();
    await shopper.sees('is told', '#trouble-fault', 'They are safe');
    same('unreachable: after three tries', asked, 3);
    await shopper.isAccessible('trouble');

    await shopper.page.unroute('**/balance');
    await shopper.click('#again');
    await shopper.sees('and asked when it is back', '#welcome-title');

    await shopper.page.route('**/texts/*', route => route.abort());
    await shopper.page.reload();
    await shopper.sees('has no words', '#trouble-fault', 'not be reached');
    await shopper.leave();
}


/* Faults as they stand in the way between, and the server's own words. */

async function words(browser) {
    const shopper = await visitor(browser, 'words');

    await signIn(shopper, await member(shopper, 8));

    for (const [what, answer, text] of [
        ['a limit of nginx', { status: 429, contentType: 'text/html',
                               body: '<h1>Slow down</h1>' }, 'a little fast'],
        ['a page of a proxy', { status: 502, contentType: 'text/html',
                                body: '<h1>Bad gateway</h1>' },
         'did not work'],
        ['half an answer', { status: 200, contentType: 'application/json',
                             body: '{"result":' }, 'did not work'],
        ['a code of tomorrow', problem(409, 'moon_is_full'), 'did not work'],
        ["the shop's own words", problem(409, 'order_not_paid',
            { message: 'We still wait for your money.' }), 'We still wait'],
    ]) {
        await shopper.page.route('**/claim', route => route.fulfill(answer));
        await shopper.fill('#claim-order', '8-1001');
        await shopper.click('#claims .main');
        await shopper.sees(what, '#claim-fault', text);
        await shopper.page.unroute('**/claim');
    }

    await shopper.leave();
}


/*
 * A server that knows people by a cookie.  The real one is asked, with an
 * e-mail that this stands for.
 */

async function cookie(shopper, email) {
    const bodies = [];

    await shopper.page.route(/\/(balance|history|claim|redeem|cancel)$/,
        async route => {
            const body = route.request().postDataJSON();

            bodies.push(body);

            if (body.email && body.email !== email) {
                await route.fulfill(problem(403, 'forbidden'));
            } else {
                await route.continue({
                    postData: JSON.stringify({ ...body, email }),
                });
            }
        });

    return bodies;
}


async function session(browser) {
    const shopper = await visitor(browser, 'a session');
    const email = await member(shopper, 9);
    const bodies = await cookie(shopper, email);

    await shopper.open('?order=9-1001');
    await shopper.sees('has the points of a link at once', '#points',
                       '110 points');
    same('a session: the address bar is clean',
         new URL(shopper.page.url()).search, '');

    await shopper.open('?result=claimed&order=9-1001');
    await shopper.sees('comes from a signed link', '#notice-text',
                       'Your order is claimed');
    await shopper.click('#notice-close');
    await shopper.fill('#claim-order', '9-1002');
    await shopper.click('#claims .main');
    await shopper.sees('claims', '#points', '255 points');
    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('redeems', '#coupon-code', /./);
    await shopper.click('#coupon-return');
    await shopper.click('#return-yes');
    await shopper.sees('gives it back', '#points', '255 points');
    none('a session: and was not asked for an address',
         bodies.filter(body => 'email' in body));

    await shopper.page.evaluate(() => sessionStorage.setItem(
        'loyalty.email', 'somebody@example.com'));
    await shopper.page.reload();
    await shopper.sees('counts more than an address of before', '#points',
                       '255 points');
    await shopper.leave();
}


async function strangers(browser) {
    const shopper = await visitor(browser, 'no session');
    const email = await member(shopper, 9);

    await shopper.page.route(/\/(balance|history)$/, route =>
        route.fulfill(problem(401, 'unauthorized')));

    await shopper.open('?result=link_expired');
    await shopper.sees('is told that a link has expired', '#enter-fault',
                       'has expired');
    await shopper.isAccessible('an expired link');

    await shopper.fill('#email', email);
    await shopper.click('#enter .main');
    await shopper.sees('is asked for proof', '#enter-fault',
                       'number of one of your orders');
    same('no session: where it is given', await shopper.focused(), 'order');

    await shopper.fill('#order', '9-1004.A');
    await shopper.click('#enter .main');
    await shopper.sees('an order is one', '#points', 'points');
    await shopper.sees('the rest stays closed', '#history-fault', /./);
    await shopper.leave();
}


/* Who believes to have signed out has. */

async function signOut(browser) {
    const shopper = await visitor(browser, 'signing out');

    await signIn(shopper, await member(shopper, 8));

    await shopper.page.route('**/logout', route =>
        route.fulfill({ status: 502, contentType: 'text/html',
                        body: '<h1>Bad gateway</h1>' }));
    await shopper.click('#signout');
    await shopper.sees('is told that it did not work', '#whose .fault',
                       'did not work');
    await shopper.sees('and sees that it has not', '#points', 'points');
    await shopper.isAccessible('a sign-out with a fault');
    await shopper.page.unroute('**/logout');

    await shopper.page.route('**/logout', route =>
        route.fulfill({ status: 404, contentType: 'text/html',
                        body: '<h1>Not found</h1>' }));
    await shopper.click('#signout');
    await shopper.sees('needs no session for it', '#welcome-title');
    await shopper.page.reload();
    await shopper.sees('and is forgotten', '#welcome-title');
    await shopper.leave();
}


async function keyboard(browser) {
    const shopper = await visitor(browser, 'keyboard',
                                     { reducedMotion: 'reduce' });
    const email = await member(shopper, 10, '1001', '1002');
    const { keyboard: keys } = shopper.page;

    await shopper.open();
    await shopper.sees('is there', '#welcome-title');

    const tabTo = async id => {
        for (let n = 0; n < 30; n++) {
            await keys.press('Tab');

            if (await shopper.focused() === id) {
                return check(`keyboard: reaches ${id}`, true);
            }
        }

        return check(`keyboard: reaches ${id}`, false);
    };

    await tabTo('email');
    await keys.type(email);
    await keys.press('Enter');
    await shopper.sees('gets in', '#points', '255 points');
    same('keyboard: and is where it goes on', await shopper.focused(),
         'points-title');

    await tabTo('redeem-hanky');
    check('keyboard: which shows where it is', await shopper.page.evaluate(
        () => getComputedStyle(document.activeElement).outlineStyle)
        === 'solid');

    await keys.press('Enter');
    await tabTo('redeem-yes');
    await keys.press('Enter');
    await shopper.sees('redeems', '#coupon-code', /./);
    same('keyboard: and is at the coupon', await shopper.focused(),
         'coupon-title');

    await tabTo('coupon-return');
    await keys.press('Enter');
    await tabTo('return-yes');
    await keys.press('Enter');
    await shopper.sees('gives it back', '#points', '255 points');
    check('keyboard: and is not lost',
          await shopper.focused() !== 'BODY', await shopper.focused());
    same('keyboard: nothing moves for whom that is too much',
         await shopper.$('.confetti').count(), 0);
    await shopper.leave();
}


/* Two languages, of which the first is the slower one to come. */

async function languages(browser) {
    const shopper = await visitor(browser, 'languages');

    await signIn(shopper, await member(shopper, 8));

    const go = await shopper.hold('**/tr.json');

    await shopper.$('#language').selectOption('tr');
    await shopper.$('#language').selectOption('th');
    await shopper.sees('the last one counts', '#points', 'คะแนน');

    const came = shopper.page.waitForResponse('**/tr.json');

    go();
    await (await came).finished();
    await shopper.sees('also when the other comes', '#points', 'คะแนน');
    same('languages: and is what is chosen',
         await shopper.$('#language').inputValue(), 'th');

    await shopper.page.route('**/en.json', route => route.abort());
    await shopper.$('#language').selectOption('en');
    await shopper.sees('one does not come', '#notice-text',
                       'ติดต่อทางร้านไม่ได้');
    same('languages: and is not chosen',
         await shopper.$('#language').inputValue(), 'th');
    await shopper.leave();
}


/* Answers that the program of this test does not give. */

async function answers(browser) {
    const shopper = await visitor(browser, 'answers');
    const email = await member(shopper, 8, '1001');
    const real = await api(shopper, 'balance', { email });

    const answer = async fields => {
        await shopper.page.unroute('**/balance');
        await shopper.page.route('**/balance', route => route.fulfill({
            json: { ...real, ...fields },
        }));
        await shopper.open();
    };

    await answer({
        points: -5, pending: 1, waiting: 2, membership: 'club',
        membership_name: 'Club', membership_until: '2031-05-04T00:00:00Z',
        membership_perks: 'Tea', next_reward_cost: 200,
        next_reward_missing: 205,
    });
    await shopper.sees('debts', '#points', '-5 points');
    await shopper.sees('points to come', '#pending', '1 point more');
    await shopper.sees('orders to come', '#pending', '2 orders are being');
    await shopper.sees('a membership', '#standing-facts',
                       /Club, until 4 May 2031\s*Tea/);
    await shopper.isAccessible('debts');

    await answer({ rewards: [], next_reward: '', badges: [] });
    await shopper.sees('no rewards', '#rewards-none');

    const html = '<img src=x onerror=alert(1)>';

    await answer({ rewards: [{ ...real.rewards[0], name: html }] });
    await shopper.sees('names are words', '#rewards-list h3', html);
    await shopper.leave();
}


async function late(browser) {
    const shopper = await visitor(browser, 'a late coupon');
    const email = await member(shopper, 7);
    const real = await api(shopper, 'balance', { email });
    const keys = [];

    await shopper.page.clock.install();
    await signIn(shopper, email);

    await shopper.page.route('**/balance', route => route.fulfill({
        json: { ...real, points: 400, rewards: [{ ...real.rewards[0],
            affordable: true, missing: 0 }] },
    }));
    await shopper.page.route('**/redeem', route => {
        keys.push(route.request().headers()[KEY]);

        return route.fulfill({
            status: keys.length === 1 ? 202 : 200,
            json: { ...real, ...(keys.length === 1
                ? { result: 'redemption_pending', message: 'A moment.' }
                : { result: 'redeemed', coupon: 'LATE-1',
                    coupon_url: 'javascript:alert(1)' }) },
        });
    });

    await shopper.page.reload();
    await shopper.click('#redeem-hanky');
    await shopper.click('#redeem-yes');
    await shopper.sees('is announced', '#notice-text', 'A moment.');
    await shopper.page.clock.fastForward(6000);
    await shopper.sees('and comes', '#coupon-code', 'LATE-1');
    same('a late coupon: by the same key', new Set(keys).size, 1);
    check('a late coupon: an address that is none is no link',
          await shopper.$('#coupon-use').isHidden());

    await shopper.context.clearPermissions();
    await shopper.page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(Error('no'));
    });
    await shopper.click('#coupon-copy');
    await shopper.sees('is marked where it cannot be copied',
                       '#coupon-copied', 'selected');
    same('a late coupon: as a whole', await shopper.page.evaluate(
        () => String(getSelection())), 'LATE-1');
    await shopper.leave();
}


async function paged(browser) {
    const shopper = await visitor(browser, 'history');
    const email = await member(shopper, 11, '1001', '1002');

    for (let n = 0; n < 5; n++) {
        const { coupon } = await api(shopper, 'redeem',
            { email, reward: 'hanky' });

        await api(shopper, 'cancel', { email, coupon });
    }

    await signIn(shopper, email);

    const entries = shopper.$('#history-list li');

    await entries.nth(9).waitFor();
    same('history: ten entries', await entries.count(), 10);

    while (await shopper.$('#older').isVisible()) {
        const before = await entries.count();

        await shopper.click('#older');
        await entries.nth(before).waitFor();
    }

    await shopper.sees('down to the first', '#history-list li:last-child',
                       'Welcome');
    same('history: and the cursor is not lost', await shopper.focused(),
         'history-title');
    await shopper.leave();
}


export async function faults(browser) {
    for (const day of [orders, lostAnswer, refused, twoTaps, slow, offline,
                       unreachable, words, session, strangers, signOut,
                       keyboard, languages, answers, late, paged])
    {
        await day(browser);
    }
}
