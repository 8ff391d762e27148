/*
 * Lines over time, drawn by uPlot, in the colours of owner.css.  What a chart
 * shows is in a table beside it, for those who cannot see it.
 */

import uPlot from './uplot.js';

const HEIGHT = 220;
const TICK = 64;                       /* pixels, at least, between two */
const STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]
    .flatMap(n => [n, 2 * n, 5 * n]);

const LINES = [{ colour: '--first', fill: '--first-fill' },
               { colour: '--second', dash: [6, 4] }];

const drawn = new Map();


function colour(name) {
    return getComputedStyle(document.documentElement)
        .getPropertyValue(name).trim();
}


function axis(values, size) {
    return {
        values: (_, splits) => splits.map(values),
        stroke: colour('--quiet'),
        font: '12px system-ui, sans-serif',
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { show: false },
        size,
    };
}


/* As many of the times as there is room for, and always the last. */

function ticks(chart, times) {
    const step = Math.ceil(times.length * TICK / Math.max(chart.width, 1));

    return times.filter((_, n) => (times.length - 1 - n) % step === 0);
}


function options(place, { times, series, label, tick, at }) {
    return {
        width: place.clientWidth,
        height: HEIGHT,
        tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false,
                  points: { size: 8 } },
        scales: {
            y: { range: (_, low, high) =>
                [Math.min(low, 0), Math.max(high * 1.1, 1)] },
        },
        axes: [{ ...axis(tick, 28), splits: chart => ticks(chart, times) },
               { ...axis(label, 58), incrs: STEPS }],
        series: [{}, ...series.map((_, n) => ({
            stroke: colour(LINES[n].colour),
            fill: LINES[n].fill && colour(LINES[n].fill),
            dash: LINES[n].dash,
            width: 2,
            spanGaps: true,
            points: { show: series[n].length < 32, size: 5 },
        }))],
        hooks: { setCursor: [chart => at(chart.cursor.idx)] },
    };
}


/*
 * "times" are in seconds; each of "series" has a value for each of them.
 * at() is told over which one the pointer is, null: over none.
 */

export function draw(place, what) {
    drawn.get(place)?.destroy();

    drawn.set(place, new uPlot(options(place, what),
                               [what.times, ...what.series], place));
}


export function clear(place) {
    drawn.get(place)?.destroy();
    drawn.delete(place);
}


/* Whether they have to be drawn anew is known here: how, to others. */

export function whenToDraw(again) {
    matchMedia('(prefers-color-scheme: dark)')
        .addEventListener('change', again);

    new ResizeObserver(() => {
        for (const [place, chart] of drawn) {
            if (place.clientWidth && place.clientWidth !== chart.width) {
                chart.setSize({ width: place.clientWidth, height: HEIGHT });
            }
        }
    }).observe(document.body);
}
