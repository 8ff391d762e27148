/*
 * How the program does, as the location "report" beside this page tells it.
 */

import { clear, draw, whenToDraw } from './charts.js';
import { day, learn, moment, monthOf, number, percent, say, shortly }
    from './words.js';

const DAY = 86400000;
const REFRESH = 600000;
const PATIENCE = 20000;
const POOL = 1000;                     /* the report counts no further */
const BEST = 10;                       /* customers before the others */
const FLOWS = ['issued', 'spent', 'expired', 'taken_back', 'removed'];

const $ = id => document.getElementById(id);

let report;
let asked = 0;


function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);

    element.append(...children.filter(child => child !== ''));

    return element;
}


/*
 * A table: rows of cells, each a text or an element; the first of a row is
 * what the row is about, and the others are numbers.
 */

function table(head, rows) {
    const columns = head.map((text, n) =>
        make('th', { scope: 'col', className: n ? 'n' : '' }, text));

    return [
        make('thead', {}, make('tr', {}, ...columns)),
        make('tbody', {}, ...rows.map(cells => make('tr', {},
            ...cells.map((cell, n) => n
                ? make('td', { className: 'n' }, cell)
                : make('th', { scope: 'row' }, cell))))),
    ];
}


function list(place, head, rows, none, name) {
    $(place).replaceChildren(rows.length
        ? make('table', { ariaLabel: say(name) }, ...table(head, rows))
        : make('p', {}, say(none)));
}


/* A bar as long as the number of members, in the cell of the campaign. */

function bar(text, part, whole) {
    const line = make('span', { className: 'bar' });

    line.style.width = `${100 * part / Math.max(whole, 1)}%`;

    return make('span', { className: 'barred' }, text, line);
}


/* Days in pieces that can be told apart on a phone. */

function pieces(days) {
    const unit = days.length <= 31 ? 'day'
        : days.length <= 180 ? 'week' : 'month';

    const found = [];

    days.forEach((each, n) => {
        const first = unit === 'day'
            || (unit === 'week' && (days.length - n) % 7 === 0)
            || (unit === 'month' && each.day.endsWith('-01'));

        if (first || found.length === 0) {
            found.push({ day: each.day,
                         ...Object.fromEntries(FLOWS.map(flow => [flow, 0])) });
        }

        for (const flow of FLOWS) {
            found.at(-1)[flow] += each[flow];
        }
    });

    return { unit, found };
}


const named = unit => unit === 'month' ? monthOf : day;
const times = found => found.map(each => Date.parse(each.day) / 1000);
const rate = each => each.issued > 0
    ? Math.round(100 * Math.max(each.spent, 0) / each.issued) : null;


function chart(name, { unit, found }, { series, label, text }) {
    const write = named(unit);
    const place = $(`${name}-chart`);
    const empty = series.every(values => values.every(value => !value));

    place.hidden = empty;
    $(`${name}-at`).textContent = empty ? say(`${name}.none`) : '';

    if (empty) {
        clear(place);
        return;
    }

    draw(place, {
        times: times(found),
        series,
        label,
        tick: seconds => (unit === 'month' ? monthOf : shortly)(seconds * 1000),
        at: n => {
            $(`${name}-at`).textContent = n === null || n === undefined
                ? '' : text(found[n], write(found[n].day));
        },
    });
}


function charts() {
    const all = pieces(report.days);
    const { unit, found } = all;
    const write = named(unit);

    chart('points', all, {
        series: [found.map(each => each.issued),
                 found.map(each => each.spent)],
        label: number,
        text: (each, when) => say('points.at', { ...each, when }),
    });

    chart('rate', all, {
        series: [found.map(rate)],
        label: percent,
        text: (each, when) => rate(each) === null ? ''
            : say('rate.at', { rate: percent(rate(each)), when }),
    });

    $('points-table').replaceChildren(...table(
        [say(`when.${unit}`), ...FLOWS.map(flow => say(flow))],
        found.toReversed().map(each =>
            [write(each.day), ...FLOWS.map(flow => number(each[flow]))])));

    $('rate-table').replaceChildren(...table(
        [say(`when.${unit}`), say('rate')],
        found.toReversed().map(each =>
            [write(each.day), rate(each) === null ? '–'
                                                  : percent(rate(each))])));
}


function tiles() {
    const counted = report.counted_at !== '';
    const figure = (id, text, more) => {
        $(id).textContent = text;
        $(`${id}-more`).textContent = more;
    };

    figure('members', counted ? number(report.members) : '–',
           counted ? say('members.more', { new: report.newcomers })
                   : say('members.new'));
    figure('repeat', percent(report.repeat_percent),
           say('repeat.more', { repeat: report.repeat_buyers,
                                members: report.members,
                                buyers: report.buyers }));
    figure('redemption', percent(report.redemption_percent),
           say('redemption.more', report));
    figure('outstanding', number(report.outstanding),
           report.liability === '' ? say('outstanding.unknown')
               : say('outstanding.worth', { worth: report.liability,
                                            currency: report.currency }));
}


function sources() {
    const { sources: known, other_sources: others } = report;
    const rows = [...known, ...others.members > 0
        ? [{ ...others, source: null }] : []];
    const most = Math.max(0, ...rows.map(each => each.members));
    const name = source => source === null ? say('source.others')
        : source || say('source.empty');

    list('sources', [say('source'), say('source.members'),
                     say('source.newcomers'), say('source.repeat')],
         rows.map(each => [bar(name(each.source), each.members, most),
                           number(each.members), number(each.newcomers),
                           number(each.repeat_buyers)]),
         'sources.none', 'sources.title');
}


function customers() {
    const head = [say('customer'), say('orders'), say('points')];
    const rows = report.customers.map(each => [
        make('span', {}, each.email,
             make('small', {}, say(each.tier_name ? 'customer.tier'
                                                  : 'customer.since',
                                   { tier: each.tier_name,
                                     day: day(each.joined_at) }))),
        number(each.orders), number(each.points)]);

    list('customers', head, rows.slice(0, BEST), 'customers.none',
         'customers.title');
    list('customers-others', head, rows.slice(BEST), 'customers.none',
         'customers.others');

    $('customers-more').hidden = rows.length <= BEST;
}


/* What has yet to bring its points. */

function waiting() {
    const { waiting: n, waiting_since: since } = report;

    $('waiting').hidden = n === 0;
    $('waiting').textContent = n === 0 ? ''
        : say('waiting', { n, since: moment(since) });
}


/* Those that run low come first. */

function rewards() {
    const rows = report.rewards.toSorted((a, b) => b.low - a.low);
    const low = rows.filter(each => each.low).map(each => each.name);
    const left = each => !each.limited ? say('reward.unlimited')
        : each.left >= POOL ? say('reward.many', { n: each.left })
            : number(each.left);

    $('low').hidden = low.length === 0;
    $('low').textContent = say('rewards.low', { names: low.join(', ') });

    list('rewards', [say('reward'), say('reward.redeemed'),
                     say('reward.left')],
         rows.map(each => [
             make('span', {}, each.name, ' ',
                  each.low ? make('strong', {}, say('reward.low')) : '',
                  make('small', {}, say('reward.cost', each))),
             number(each.redeemed), left(each)]),
         'rewards.none', 'rewards.title');
}


function show() {
    $('trouble').hidden = true;
    $('figures').hidden = false;

    $('state').textContent = report.until === ''
        ? say('state.new', report)
        : say('state', { program: report.program,
                         from: day(report.days[0].day),
                         to: day(report.days.at(-1).day),
                         until: moment(report.until) });

    $('points-text').textContent = say('points.text', report);

    tiles();
    charts();
    sources();
    customers();
    rewards();
    waiting();
}


function complain(status) {
    const name = { 0: 'network', 401: '401' }[status] || 'other';

    $('state').textContent = '';
    $('trouble').hidden = false;
    $('fault').textContent = say(`fault.${name}`, { status: String(status) });
}


/* What was asked for last is shown, whatever comes first. */

async function load() {
    const turn = ++asked;
    let status = 0;

    try {
        const answer = await fetch(`report?days=${$('period').value}`, {
            cache: 'no-store', signal: AbortSignal.timeout(PATIENCE),
        });

        const data = answer.ok ? await answer.json() : null;

        if (turn !== asked) {
            return;
        }

        status = answer.status;

        if (data !== null) {
            report = data;
            show();
            return;
        }

    } catch {
        if (turn !== asked) {
            return;
        }
    }

    complain(status);
}


await learn();

whenToDraw(() => report && charts());

$('period').addEventListener('change', load);
$('again').addEventListener('click', load);

setInterval(() => document.hidden || load(), REFRESH);

await load();
