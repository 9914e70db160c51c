import { renderRatio, type Table } from '../../comparison.ts';
import { element, logScale, picture } from './svg.ts';

const WIDTH = 640;
const HEIGHT = 240;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 620, 30, 196];
const MARKS = [0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10];

/** How the time of the same work changes with what grows; both axes are logarithmic. */
export function plotCurve({ title, growth, comparisons }: Table): string {
	const { of, from } = growth ?? { of: '', from: 1 };
	const points = [
		{ at: from, ratio: { median: 1, low: 1, high: 1 } },
		...comparisons.map(({ at = from, ratio }) => ({ at, ratio })),
	];
	const target = comparisons[0]?.target ?? null;
	const values = points.flatMap(({ ratio }) => [ratio.low, ratio.high]);
	const range: [number, number] = [Math.min(0.75, ...values), Math.max(1.5, ...values)];
	const x = logScale([from, points.at(-1)?.at ?? from], [LEFT, RIGHT - 20]);
	const y = logScale(range, [BOTTOM, TOP]);
	const levels = MARKS.filter((mark) => mark >= range[0] && mark <= range[1]).flatMap((mark) => [
		element('line', { class: mark === 1 ? 'one' : 'axis', x1: LEFT, x2: RIGHT, y1: y(mark), y2: y(mark) }),
		element('text', { class: 'quiet', x: LEFT - 8, y: y(mark) + 4, 'text-anchor': 'end' }, String(mark)),
	]);
	const marked = points.flatMap(({ at, ratio }) => [
		element('line', { class: 'spread', x1: x(at), x2: x(at), y1: y(ratio.low), y2: y(ratio.high) }),
		element('circle', { class: 'point', cx: x(at), cy: y(ratio.median), r: 4 }),
		element('text', { x: x(at) + 6, y: y(ratio.median) - 8 }, renderRatio(ratio.median)),
		element('text', { class: 'quiet', x: x(at), y: BOTTOM + 18, 'text-anchor': 'middle' }, at.toLocaleString('en-US')),
	]);
	return picture(`${title}: time over that with the fewest`, WIDTH, HEIGHT, [
		element('text', { class: 'quiet', x: LEFT, y: 18 }, `time over that at ${from.toLocaleString('en-US')}`),
		...levels,
		...(target === null
			? []
			: [element('line', { class: 'target', x1: LEFT, x2: RIGHT, y1: y(target), y2: y(target) })]),
		element('polyline', {
			class: 'line',
			points: points.map(({ at, ratio }) => `${x(at).toFixed(1)},${y(ratio.median).toFixed(1)}`).join(' '),
		}),
		...marked,
		element('text', { class: 'quiet', x: RIGHT, y: BOTTOM + 36, 'text-anchor': 'end' }, of),
	]);
}
