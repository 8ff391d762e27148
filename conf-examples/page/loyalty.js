/*
 * The shopper's page: who it is, what one has, and what one can do.
 */

import { Fault, ask, read } from './api.js';
import { $, complain, doing, idle, make, memory, notice, show }
    from './parts.js';
import { choose, day, has, number, points, say, speak, spoken }
    from './words.js';

/* who is asked about, and the last answer about them */

let email = '';
let me = null;
let entries = [];
let older = '';
let pages = 0;


/*
 * What the page was opened with: ?order=1001, or ?ref=o-1001, in which _2e
 * stands for a dot; ?result=claimed where a signed link has led here.
 */

function opening() {
    const query = new URLSearchParams(location.search);
    const given = name => query.get(name) || '';
    const ref = given('ref');

    const order = given('order') || (ref.startsWith('o-')
        ? ref.slice(2).replace(/_([0-9a-f]{2})/gi,
            (_, hex) => String.fromCharCode(parseInt(hex, 16)))
        : '');

    return {
        order: order.trim().slice(0, 64),
        result: given('result'),
        earned: parseInt(given('earned'), 10) || 0,
        locale: given('locale'),
        source: given('source'),
        referral: given('referral'),
    };
}


const opened = opening();


function asked(fields = {}) {
    return email ? { email, ...fields } : fields;
}


/* Who it is */

function welcome(order = '', fault) {
    email = '';
    me = null;
    memory.set('email', '');

    $('order').value = order;

    wording();
    show('welcome');
    complain($('enter'), fault);
}


/* What is said in words of the language, and is not said by a render(). */

function wording() {
    const order = $('order').value;

    document.title = `${say('title')} · ${$('shop').textContent}`;
    $('welcome-title').textContent =
        order ? say('welcome.order', { order }) : say('title');
    $('join-text').textContent = say('join.text', { email });
}


function leave() {
    notice('');
    welcome();
    $('welcome-title').focus();
}


/* What was shown goes with the page, which is loaded anew. */

function signOut() {
    doing($('whose'), async () => {
        await ask('logout').catch(fault => {
            /* where there are no sessions, none has to be ended */

            if (fault.status !== 404) {
                throw fault;
            }
        });

        memory.set('email', '');
        memory.set('key', '');
        location.replace(location.pathname);
    });
}


function enter(event) {
    const order = $('order').value.trim();
    const given = $('email').value.trim();

    event.preventDefault();

    doing($('enter'), async () => {
        if (!/^[^\s@]+@[^\s@]+$/.test(given)) {
            throw new Fault(400, { code: 'bad_email' });
        }

        email = given;

        await (order ? claim(order)
                     : read('balance', asked()).then(arrive));
        $('points-title').focus();

    }, fault => {
        if (fault.code === 'not_a_member') {
            join(order);
            return true;
        }

        if (fault.stranger && order === '') {
            $('optional').textContent = '';
            $('order').focus();
        }

        return false;
    });
}


function join(order) {
    wording();
    $('signup').dataset.order = order;

    show('join');
    $('join-title').focus();
}


function signup(event) {
    const { order } = $('signup').dataset;

    event.preventDefault();

    doing($('signup'), async () => {
        const { source, referral } = opened;
        const answer = await ask('signup', asked({ source, referral }));

        arrive(answer);
        notice(answer.message);
        $('points-title').focus();

        if (order) {
            $('claim-order').value = order;
            await claim(order).catch(fault => {
                complain($('claims'), fault);
            });
        }
    });
}


/* Somebody is known: shows what they have. */

function arrive(answer) {
    me = answer;
    email = email && answer.email;

    memory.set('email', email);

    render();
    show('home');
    past();
}


/* The standing */

function render() {
    const { next_reward_cost: cost, next_reward_missing: missing } = me;

    $('points').textContent = points(me.points);

    $('pending').textContent = [
        me.pending > 0
            && say('points.pending', { points: points(me.pending) }),
        me.waiting > 0 && say('points.waiting', { n: me.waiting }),
    ].filter(Boolean).join(' ');

    $('next').hidden = me.rewards.length === 0;
    $('next-bar').hidden = !me.next_reward;
    $('next-bar').max = Math.max(cost, 1);
    $('next-bar').value = Math.max(cost - missing, 0);

    $('next-text').textContent = me.next_reward
        ? say('next', { points: points(missing), reward: me.next_reward_name })
        : say('next.none');

    facts();
    badges();
    rewards();
    history();

    $('who').textContent = say('who', { email: me.email });
}


function facts() {
    const list = [];

    if (me.tier) {
        list.push([say('tier', { name: me.tier_name }), me.tier_perks]);
    }

    if (me.next_tier) {
        list.push([say('tier.next', {
            points: points(me.next_tier_missing), name: me.next_tier_name,
        }), '']);
    }

    if (me.membership) {
        list.push([me.membership_until
            ? say('membership', { name: me.membership_name,
                                  date: day(me.membership_until) })
            : me.membership_name, me.membership_perks]);
    }

    $('standing-facts').replaceChildren(...list.map(([fact, perks]) =>
        make('li', {}, make('strong', { textContent: fact }),
             perks && make('span', { textContent: perks }))));
}


function badges() {
    $('badges').hidden = me.badges.length === 0;

    $('badges-list').replaceChildren(...me.badges.map(badge =>
        make('li', { className: badge.new ? 'new' : '' }, badge.name,
             badge.new && make('small', { textContent: say('badges.new') }))));
}


function rewards() {
    $('rewards-none').hidden = me.rewards.length !== 0;
    $('rewards-list').replaceChildren(...me.rewards.map(card));
}


function card(reward) {
    const name = make('h3', { textContent: reward.name,
                              id: `reward-${reward.id}` });
    const image = make('img', { src: `pictures/${reward.id}`, alt: '',
                                width: 320, height: 240, loading: 'lazy' });

    /* without a picture, the first letter of the name stands in */

    const stand = make('div', { className: 'picture' }, image);

    stand.dataset.letter = Array.from(reward.name)[0] || '';
    image.onerror = () => image.remove();
    image.onload = () => stand.classList.add('seen');

    return make('li', { className: 'card' }, stand, name,
                make('p', { className: 'quiet',
                            textContent: points(reward.cost) }),
                offer(reward, name));
}


function offer(reward, name) {
    const { affordable, missing } = reward;

    if (affordable) {
        const button = make('button', { type: 'button', className: 'main',
                                        textContent: say('redeem.submit'),
                                        id: `redeem-${reward.id}` });

        button.setAttribute('aria-labelledby', `${button.id} ${name.id}`);
        button.onclick = () => consider(reward, button);

        return button;
    }

    return make('p', { className: 'gap', textContent: missing > 0
        ? say('rewards.missing', { points: points(missing) })
        : say('rewards.only', { name: group(reward) }) });
}


/* What a reward is for, by name as far as it is told. */

function group({ tier, membership }) {
    return [[me.tier, me.tier_name], [me.next_tier, me.next_tier_name],
            [me.membership, me.membership_name]]
        .find(([id]) => id && (id === tier || id === membership))?.[1]
        || tier || membership;
}


/* An order */

async function claim(order) {
    const before = me;
    const answer = await ask('claim', asked({ order }));

    $('claim-order').value = '';
    window.history.replaceState(null, '', location.pathname);

    arrive(answer);
    notice(answer.message);
    rejoice(answer.earned, before || undefined);
}


function claims(event) {
    const order = $('claim-order').value.trim();

    event.preventDefault();

    doing($('claims'), () => claim(order));
}


/* Joy: what the last answer has brought within reach. */

function rejoice(earned, before = { points: me.points - earned }) {
    const reached = me.rewards.filter(reward =>
        reward.affordable && reward.cost > before.points).at(-1);

    const joy = [
        'tier' in before && me.tier && me.tier !== before.tier
            && say('joy.tier', { name: me.tier_name }),
        reached && say('joy.reward', { reward: reached.name }),
    ].find(Boolean);

    if (!joy || earned <= 0) {
        return;
    }

    notice(`${$('notice-text').textContent} ${joy}`);

    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) {
        confetti();
    }
}


function confetti() {
    const sky = make('div', { className: 'confetti', ariaHidden: 'true' });

    for (let n = 0; n < 36; n++) {
        const piece = make('i');

        piece.style.setProperty('--x', `${Math.random() * 100}vw`);
        piece.style.setProperty('--turn', `${Math.random() * 3 - 1.5}turn`);
        piece.style.setProperty('--wait', `${Math.random() * .5}s`);
        piece.style.setProperty('--hue', `${n * 40}deg`);
        sky.append(piece);
    }

    document.body.append(sky);
    setTimeout(() => sky.remove(), 3500);
}


/*
 * A redemption.  Its key stays the same until it is known what came of it,
 * also over a reload: however often it is sent, it costs its points once.
 */

let opener = null;


function open(dialog, from) {
    opener = from;
    dialog.showModal();
}


function returned(fallback) {
    (opener?.isConnected ? opener : fallback).focus();
}


function consider(reward, button) {
    $('redeem-title').textContent =
        say('redeem.title', { points: points(reward.cost) });
    $('redeem-text').textContent = say('redeem.text', {
        reward: reward.name, left: points(me.points - reward.cost),
    });
    $('redeem-yes').onclick = () => redeem(reward);
    complain($('redeem'));

    open($('redeem'), button);
}


function redeem(reward) {
    doing($('redeem'), async () => {
        const key = keyOf(reward);
        const answer = await ask('redeem', asked({ reward: reward.id }), key);

        memory.set('key', '');
        arrive(answer);
        $('redeem').close();

        if (answer.coupon) {
            coupon(reward.id, answer);

        } else {
            notice(answer.message);
            made(reward, key);
        }

    }, fault => {
        if (!fault.passing && !fault.stranger) {
            memory.set('key', '');
        }
    });
}


function keyOf(reward) {
    const whose = `${me.member} ${reward.id} `;
    const kept = memory.get('key');

    if (kept.startsWith(whose)) {
        return kept.slice(whose.length);
    }

    const key = crypto.getRandomValues(new Uint32Array(4)).join('-');

    memory.set('key', whose + key);

    return key;
}


/* A store that makes the coupon may take a while. */

async function made(reward, key) {
    for (const pause of [5000, 15000, 30000]) {
        await new Promise(resume => setTimeout(resume, pause));

        const answer = await ask('redeem', asked({ reward: reward.id }), key)
            .catch(() => ({}));

        if (answer.coupon && me?.member === answer.member) {
            arrive(answer);
            notice('');
            coupon(reward.id, answer);
            return;
        }
    }
}


/* A coupon, fresh or from the history. */

let shown = null;


async function coupon(reward, fresh, from = null) {
    const code = fresh.coupon;

    shown = code;

    $('coupon-title').textContent = nameOf(reward);
    $('coupon-text').textContent = [
        fresh.coupon_expires
            && say('coupon.until', { date: day(fresh.coupon_expires) }),
        say('coupon.text'),
    ].filter(Boolean).join(' ');
    $('coupon-code').textContent = code;
    $('coupon-copied').textContent = '';
    $('coupon-use').hidden = !/^https?:/.test(fresh.coupon_url || '');
    $('coupon-use').href = fresh.coupon_url || '/';
    $('coupon-qr').replaceChildren();

    keep(true);
    complain($('coupon'));
    open($('coupon'), from);
    $('coupon-title').focus();

    const { picture } = await import('./qr.js').catch(() => ({}));

    if (picture && shown === code) {
        $('coupon-qr').replaceChildren(
            picture(code, say('coupon.qr', { coupon: code })));
    }
}


function keep(kept) {
    $('coupon-foot').hidden = !kept;
    $('return').hidden = kept;
}


async function copy() {
    try {
        await navigator.clipboard.writeText(shown);
        $('coupon-copied').textContent = say('coupon.copied');

    } catch {
        getSelection().selectAllChildren($('coupon-code'));
        $('coupon-copied').textContent = say('coupon.select');
    }
}


function giveBack() {
    doing($('coupon'), async () => {
        const answer = await ask('cancel', asked({ coupon: shown }));

        arrive(answer);
        $('coupon').close();
        notice(answer.message);

    }, () => keep(true));
}


/* The history */

async function past(before = '') {
    const turn = ++pages;

    try {
        const answer = await read('history',
            asked({ limit: 10, ...before && { before } }));

        if (turn !== pages) {
            return;
        }

        entries = before ? [...entries, ...answer.entries] : answer.entries;
        older = answer.next;
        $('history-fault').textContent = '';

    } catch (fault) {
        if (!(fault instanceof Fault)) {
            throw fault;
        }

        $('history-fault').textContent = fault.message;
    }

    history();
}


function history() {
    $('history-list').replaceChildren(...entries.map(entry));
    $('older').hidden = older === '';
}


function entry(one) {
    const what = nameOf(one.reference, one.kind);
    const more = make('span', { className: 'quiet' },
        make('time', { dateTime: one.at, textContent: day(one.at) }),
        [
            one.usable_at > one.at
                && say('history.usable', { date: day(one.usable_at) }),
            one.points > 0 && one.expires_at
                && say('history.expires', { date: day(one.expires_at) }),
            one.coupon_state && say(`state.${one.coupon_state}`),
        ].filter(Boolean).map(text => ` · ${text}`).join(''));

    return make('li', {},
        make('span', { className: 'what',
                       textContent: say(`kind.${one.kind}`, { what })
                                    || one.kind }),
        make('span', { className: one.points < 0 ? 'less' : 'more',
                       textContent: (one.points > 0 ? '+' : '')
                                    + number(one.points) }),
        more, shower(one));
}


function shower(one) {
    if (!one.coupon || !/^(issued|waiting)$/.test(one.coupon_state)) {
        return '';
    }

    const button = make('button', { type: 'button', className: 'plain',
                                    textContent: say('coupon.show') });

    button.onclick = () => coupon(one.reference, one, button);

    return button;
}


/* What the ids of rewards and badges are called. */

function nameOf(id, kind = 'redemption') {
    const list = kind === 'badge' ? me.badges : me.rewards;

    return list.find(each => each.id === id)?.name || id;
}


/* The page itself */

async function translate() {
    const language = $('language').value;

    memory.set('language', language, localStorage);

    try {
        await speak(language);
        notice('');

    } catch {
        notice(say('fault.network'));
        $('language').value = spoken();
    }

    wording();

    if (me) {
        render();
    }
}


function connection() {
    $('offline').textContent = navigator.onLine ? '' : say('offline');

    if (navigator.onLine && me && idle()) {
        read('balance', asked()).then(arrive).catch(() => {});
    }
}


function listen() {
    $('language').onchange = translate;
    $('enter').onsubmit = enter;
    $('signup').onsubmit = signup;
    $('leave').onclick = leave;
    $('signout').onclick = signOut;
    $('claims').onsubmit = claims;
    $('again').onclick = start;
    $('older').onclick = async () => {
        await past(older);

        if ($('older').hidden) {
            $('history-title').focus();
        }
    };
    $('notice-close').onclick = () => {
        notice('');
        $('title').focus();
    };

    $('redeem').onclose = () => returned($('rewards-title'));
    $('coupon').onclose = () => returned($('history-title'));
    $('coupon-copy').onclick = copy;
    $('coupon-return').onclick = () => {
        keep(false);
        $('return-text').focus();
    };
    $('return-no').onclick = () => {
        keep(true);
        $('coupon-return').focus();
    };
    $('return-yes').onclick = giveBack;

    for (const button of document.querySelectorAll('[data-close]')) {
        button.onclick = () => button.closest('dialog').close();
    }

    addEventListener('online', connection);
    addEventListener('offline', connection);
}


/* Whom the session, or this tab, knows. */

async function known() {
    email = memory.get('email');

    try {
        return await read('balance', asked());

    } catch (fault) {
        if (!email || !fault.stranger) {
            throw fault;
        }
    }

    email = '';

    return read('balance', asked());
}


/* What a signed link has come to, which the server tells in the address. */

function linked() {
    const { order, result, earned } = opened;

    if (!has(`result.${result}`)) {
        notice(new Fault(400, { code: result }).message);
        return;
    }

    notice(result === 'claimed' && order && earned > 0
        ? say('result.earned', { order, points: points(earned) })
        : say(`result.${result}`));
    rejoice(earned);
}


async function start() {
    const { order, result, locale } = opened;
    const offered = Array.from($('language').options, each => each.value);

    show('loading');

    try {
        await speak(choose([memory.get('language', localStorage), locale,
                            ...navigator.languages], offered));

    } catch {
        show('trouble');
        return;
    }

    $('language').value = spoken();
    wording();
    connection();

    try {
        arrive(await known());

    } catch (fault) {
        if (!(fault instanceof Fault)) {
            throw fault;
        }

        if (fault.passing) {
            $('trouble-fault').textContent = fault.message;
            show('trouble');
            return;
        }

        /* who is no member yet is asked all the same */

        welcome(order, result !== 'not_a_member' && has(`fault.${result}`)
            ? new Fault(400, { code: result }) : undefined);
        return;
    }

    /* #rewards and its like were not there when the browser looked */

    $(location.hash.slice(1))?.scrollIntoView();

    if (result) {
        window.history.replaceState(null, '', location.pathname);
        linked();

    } else if (order) {
        $('claim-order').value = order;
        doing($('claims'), () => claim(order));
    }
}


listen();
start();
