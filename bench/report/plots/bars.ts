import { renderRatio, type Table } from '../../comparison.ts';
import { element, logScale, picture } from './svg.ts';

const WIDTH = 900;
const LABELS = 360;
const VALUES = 60;
const ROW = 24;
const TOP = 34;
/** Marks of the axis, of which those are shown that lie within. */
const MARKS = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50];

/** The ratios of a table as bars from 1, with the middle half of the rounds and the target, on a logarithmic axis. */
export function plotBars({ title, base, compared, comparisons }: Table): string {
	const values = comparisons.flatMap(({ ratio, target }) => [ratio.low, ratio.median, ratio.high, target ?? 1]);
	const range: [number, number] = [Math.min(0.5, ...values) / 1.1, Math.max(2, ...values) * 1.1];
	const x = logScale(range, [LABELS, WIDTH - VALUES]);
	const bottom = TOP + comparisons.length * ROW;
	const axis = MARKS.filter((mark) => mark >= range[0] && mark <= range[1]).flatMap((mark) => [
		element('line', { class: mark === 1 ? 'one' : 'axis', x1: x(mark), x2: x(mark), y1: TOP, y2: bottom }),
		element('text', { class: 'quiet', x: x(mark), y: bottom + 16, 'text-anchor': 'middle' }, String(mark)),
	]);
	const rows = comparisons.flatMap(({ what, ratio, target }, index) => {
		const y = TOP + index * ROW;
		const middle = y + ROW / 2;
		const [left, right] = [Math.min(x(ratio.median), x(1)), Math.max(x(ratio.median), x(1))];
		return [
			element('text', { x: LABELS - 8, y: middle + 4, 'text-anchor': 'end' }, what),
			element('rect', { class: 'bar', x: left, y: y + 6, width: Math.max(1, right - left), height: ROW - 12 }),
			element('line', { class: 'spread', x1: x(ratio.low), x2: x(ratio.high), y1: middle, y2: middle }),
			...(target === null
				? []
				: [element('line', { class: 'target', x1: x(target), x2: x(target), y1: y + 2, y2: y + ROW - 2 })]),
			element('text', { x: WIDTH - 4, y: middle + 4, 'text-anchor': 'end' }, renderRatio(ratio.median)),
		];
	});
	const head = element('text', { class: 'quiet', x: LABELS, y: 20 }, `time of ${compared} over that of ${base}`);
	return picture(`${title}: ratios`, WIDTH, bottom + 28, [head, ...axis, ...rows]);
}
