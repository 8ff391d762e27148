/*
 * The page for the owner: its files, and what is to be seen on it, at a phone
 * and at a desk, in light and in dark.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DESKTOP, PHONE, Shopper, launch } from './browser.js';
import { sound } from './html.js';
import { uplotFiles } from './make-uplot.js';
import { check, none, same } from './report.js';

const HOME = join(process.env.LOYALTY_CHECKOUT, 'conf-examples/owner');
const OWNER = { username: 'ada', password: 'secret' };

const text = name => readFileSync(join(HOME, name), 'utf8');


async function files() {
    const html = text('index.html');
    const texts = JSON.parse(text('texts.json'));
    const code = ['owner.js', 'charts.js', 'words.js'].map(text).join('\n');

    await sound(HOME, 'owner.css');

    const shown = [...html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)];

    none('what index.html says is what texts.json says', shown.filter(
        ([, name, said]) => texts[name] !== said).map(match => match[1]));

    /* names that the code has as a whole, and the beginnings of others */

    const asked = [...[...code.matchAll(/'([a-z_]+(?:\.\w+)*)'/g)]
        .map(match => match[1]), ...shown.map(match => match[1])];
    const families = [...code.matchAll(/`(\w*)(?:\$\{name\})?\.(?:\$|\w)/g)];

    none('no text is too many', Object.keys(texts).filter(name =>
        !asked.includes(name)
        && !families.some(([, family]) => name.startsWith(family))));

    for (const [name, wanted] of Object.entries(await uplotFiles())) {
        same(`${name} is what its authors wrote`, text(name), wanted);
    }
}


async function report(owner, days) {
    return owner.page.evaluate(async n =>
        (await fetch(`report?days=${n}`)).json(), days);
}


async function rows(owner, place) {
    return owner.$(`${place} tbody tr`).evaluateAll(found =>
        found.map(row => [...row.cells].map(cell =>
            cell.innerText.replaceAll(/\s+/g, ' ').trim())));
}


const group = n => new Intl.NumberFormat('en-GB').format(n);


/* A canvas with nothing on it has one colour. */

async function drawn(owner, place) {
    return owner.$(`${place} canvas`).evaluate(canvas => {
        const { data } = canvas.getContext('2d')
            .getImageData(0, 0, canvas.width, canvas.height);

        return new Set(new Uint32Array(data.buffer)).size > 3;
    });
}


async function looks(browser, name, options) {
    const owner = await Shopper.at(browser, name, {
        httpCredentials: OWNER, ...options,
    });

    await owner.open();
    await owner.sees('the figures', '#members', /\d/);

    const figures = await report(owner, 90);

    await owner.shot('top');
    await facts(owner, figures);
    await owner.isAccessible('figures');

    await fits(owner, 'figures');

    await tables(owner, figures);
    await owner.isAccessible('tables');
    await fits(owner, 'tables');
    await periods(owner);
    await owner.leave();
}


async function fits(owner, state) {
    const wide = await owner.page.evaluate(() =>
        [...document.querySelectorAll('main, main *')].filter(each =>
            !each.closest('.scroll') && each.checkVisibility()
            && each.getBoundingClientRect().right > innerWidth + 1)
            .map(each => each.id || each.tagName));

    none(`${owner.name}: nothing is wider than the screen: ${state}`, wide);
}


async function facts(owner, figures) {
    const { name } = owner;
    const said = id => owner.$(`#${id}`).innerText();

    same(`${name}: members`, await said('members'), group(figures.members));
    same(`${name}: repeat customers`, await said('repeat'),
         `${figures.repeat_percent}%`);
    same(`${name}: redemption rate`, await said('redemption'),
         `${figures.redemption_percent}%`);
    same(`${name}: points to be spent`, await said('outstanding'),
         group(figures.outstanding));
    check(`${name}: and what they are worth`,
          (await said('outstanding-more')).includes(figures.liability));

    for (const place of ['#points-chart', '#rate-chart']) {
        check(`${name}: ${place} is drawn`, await drawn(owner, place));
    }

    const named = figures.customers.map(each => each.email);

    await owner.click('#customers-more summary');

    const found = [...await rows(owner, '#customers'),
                   ...await rows(owner, '#customers-others')];

    check(`${name}: the best customers, in their order`, named.length > 10
          && named.every((email, n) => found[n][0].startsWith(email)), found);

    const campaigns = await rows(owner, '#sources');

    same(`${name}: campaigns, with their members`,
         campaigns.map(row => row.slice(0, 2)),
         figures.sources.map(each =>
             [each.source || 'No campaign', group(each.members)]));

    const low = figures.rewards.filter(each => each.low);

    same(`${name}: one reward runs low`, low.length, 1);
    check(`${name}: which is said first`,
          (await said('low')).includes(low[0].name));
    check(`${name}: and stands first, as it is called`,
          (await rows(owner, '#rewards'))[0][0]
              .startsWith(`${low[0].name} runs low`));
}


/* What the charts show, for those who do not see them, and by keyboard. */

async function tables(owner, figures) {
    for (const name of ['points', 'rate']) {
        await owner.$(`section:has(> #${name}-chart) summary`).focus();
        await owner.page.keyboard.press('Enter');
        await owner.sees(`the table of ${name}`, `#${name}-table`);
    }

    const sum = (await rows(owner, '#points-table')).reduce((sums, row) =>
        sums.map((n, i) => n + Number(row[i + 1].replaceAll(',', ''))),
        [0, 0, 0, 0, 0]);

    same(`${owner.name}: it has all of the chart's points`, sum,
         ['issued', 'spent', 'expired', 'taken_back', 'removed']
             .map(flow => figures[flow]));

    await owner.$('#points-chart .u-over').hover();
    await owner.sees('the numbers under the pointer', '#points-at',
                     /\d issued, -?[\d,]+ spent/);
}


async function periods(owner) {
    for (const days of ['30', '365', '730']) {
        const { issued } = await report(owner, days);

        await owner.$('#period').selectOption(days);
        await owner.sees(`${days} days`, '#points-text',
                         `Issued ${group(issued)},`);
        check(`${owner.name}: drawn for ${days} days`,
              await drawn(owner, '#points-chart'));
    }
}


/* What goes wrong is said, and what was there stays. */

async function faults(browser) {
    const owner = await Shopper.at(browser, 'faults', {
        httpCredentials: OWNER,
    });

    const answers = [{ status: 503 }, { status: 401 }, null];
    const said = [/could not answer \(503\)/, /password was not accepted/,
                  /could not be reached/];

    let answer;

    await owner.page.route('**/report?*', route =>
        answer ? route.fulfill(answer) : route.abort());

    for (const [n, each] of answers.entries()) {
        answer = each;

        await (n ? owner.click('#again') : owner.open());
        await owner.sees('what is wrong', '#fault', said[n]);
    }

    await owner.isAccessible('trouble');
    await owner.page.unroute('**/report?*');
    await owner.click('#again');
    await owner.sees('then all is well', '#members', /\d/);
    check('faults: nothing is complained of any more',
          !await owner.$('#trouble').isVisible());
    await owner.leave();
}


/* Before anything was counted there is nothing to draw. */

async function beginning(browser) {
    const owner = await Shopper.at(browser, 'beginning', {
        httpCredentials: OWNER,
    });

    await owner.page.route('**/report?*', async route => {
        const answer = await route.fetch();
        const figures = await answer.json();
        const nothing = { members: 0, newcomers: 0, buyers: 0,
                          repeat_buyers: 0 };

        await route.fulfill({ json: { ...figures, ...nothing,
            counted_at: '', until: '', liability: '', repeat_percent: 0,
            redemption_percent: 0, outstanding: 0, issued: 0, spent: 0,
            sources: [], other_sources: nothing, customers: [], rewards: [],
            days: figures.days.map(({ day }) => ({ day, issued: 0, spent: 0,
                expired: 0, taken_back: 0, removed: 0 })) } });
    });

    await owner.open();
    await owner.sees('that it is too early', '#state', /come back soon/);
    await owner.sees('no points', '#points-at', /No points have moved/);
    await owner.sees('no customers', '#customers', /Nobody/);
    await owner.isAccessible('nothing yet');
    await owner.leave();
}


/* A store that does not answer. */

async function behind(browser) {
    const owner = await Shopper.at(browser, 'behind', {
        httpCredentials: OWNER,
    });

    await owner.page.route('**/report?*', async route => {
        const answer = await route.fetch();

        await route.fulfill({ json: { ...await answer.json(), waiting: 1234,
            waiting_since: '2026-11-20T08:41:30Z' } });
    });

    await owner.open();
    await owner.sees('how many claims wait', '#waiting', '1,234');
    await owner.sees('since when', '#waiting', '20 Nov 2026');
    await owner.isAccessible('claims that wait');
    await owner.leave();
}


await files();

const browser = await launch();

try {
    await looks(browser, 'phone', { viewport: PHONE, colorScheme: 'light' });
    await looks(browser, 'phone-dark', { viewport: PHONE,
                                         colorScheme: 'dark' });
    await looks(browser, 'desk', { viewport: DESKTOP, colorScheme: 'light' });
    await looks(browser, 'desk-dark', { viewport: DESKTOP,
                                        colorScheme: 'dark' });
    await faults(browser);
    await beginning(browser);
    await behind(browser);

} finally {
    await browser.close();
}

console.log('end');
