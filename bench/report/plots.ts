import { renderRatio, type Table } from '../harness/comparison.ts';

const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Rounds numbers to a tenth. */
function element(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): string {
	const written = Object.entries(attributes).map(
		([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escapeXml(value)}"`,
	);
	return text === undefined
		? `<${name}${written.join('')}/>`
		: `<${name}${written.join('')}>${escapeXml(text)}</${name}>`;
}

/** Colours for light and dark pages, as the reader's system prefers. */
const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.quiet { fill: #57606a }
.axis { stroke: #8c959f; stroke-width: 1 }
.one { stroke: #57606a; stroke-width: 1.5 }
.bar, .point { fill: #0969da }
.line { fill: none; stroke: #0969da; stroke-width: 2 }
.spread { stroke: #24292f; stroke-width: 1.5 }
.target { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.quiet { fill: #9198a1 }
.one { stroke: #9198a1 }
.bar, .point { fill: #4493f8 }
.line { stroke: #4493f8 }
.spread { stroke: #e6edf3 }
.target { stroke: #f0883e }
}
</style>`;

/** A whole picture with a transparent background. Screen readers read `title`. */
const picture = (title: string, width: number, height: number, elements: readonly string[]): string =>
	[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		element('title', {}, title),
		STYLE,
		...elements,
		'</svg>',
		'',
	].join('\n');

/** A logarithmic scale from values to coordinates. */
function logScale([least, most]: readonly [number, number], [from, to]: readonly [number, number]) {
	const [low, high] = [Math.log(least), Math.log(most)];
	return (value: number): number => from + ((Math.log(value) - low) / (high - low)) * (to - from);
}

const BAR_WIDTH = 900;
const LABELS = 360;
const VALUES = 60;
const ROW = 24;
const BAR_TOP = 34;
/** Marks of the axis. Those within the range are shown. */
const BAR_MARKS = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50];

/** Draws ratios as bars from 1, with their middle halves and targets, on a logarithmic axis. */
export function plotBars({ title, base, compared, comparisons }: Table): string {
	const values = comparisons.flatMap(({ ratio, target }) => [ratio.low, ratio.median, ratio.high, target ?? 1]);
	const range: [number, number] = [Math.min(0.5, ...values) / 1.1, Math.max(2, ...values) * 1.1];
	const x = logScale(range, [LABELS, BAR_WIDTH - VALUES]);
	const bottom = BAR_TOP + comparisons.length * ROW;
	const axis = BAR_MARKS.filter((mark) => mark >= range[0] && mark <= range[1]).flatMap((mark) => [
		element('line', { class: mark === 1 ? 'one' : 'axis', x1: x(mark), x2: x(mark), y1: BAR_TOP, y2: bottom }),
		element('text', { class: 'quiet', x: x(mark), y: bottom + 16, 'text-anchor': 'middle' }, String(mark)),
	]);
	const rows = comparisons.flatMap(({ what, ratio, target }, index) => {
		const y = BAR_TOP + index * ROW;
		const middle = y + ROW / 2;
		const [left, right] = [Math.min(x(ratio.median), x(1)), Math.max(x(ratio.median), x(1))];
		return [
			element('text', { x: LABELS - 8, y: middle + 4, 'text-anchor': 'end' }, what),
			element('rect', { class: 'bar', x: left, y: y + 6, width: Math.max(1, right - left), height: ROW - 12 }),
			element('line', { class: 'spread', x1: x(ratio.low), x2: x(ratio.high), y1: middle, y2: middle }),
			...(target === null
				? []
				: [element('line', { class: 'target', x1: x(target), x2: x(target), y1: y + 2, y2: y + ROW - 2 })]),
			element('text', { x: BAR_WIDTH - 4, y: middle + 4, 'text-anchor': 'end' }, renderRatio(ratio.median)),
		];
	});
	const head = element('text', { class: 'quiet', x: LABELS, y: 20 }, `time of ${compared} over that of ${base}`);
	return picture(`${title}: ratios`, BAR_WIDTH, bottom + 28, [head, ...axis, ...rows]);
}

const CURVE_WIDTH = 640;
const CURVE_HEIGHT = 240;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 620, 30, 196];
const CURVE_MARKS = [0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10];

/** Draws the ratio as a function of the size, on two logarithmic axes. */
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
	const levels = CURVE_MARKS.filter((mark) => mark >= range[0] && mark <= range[1]).flatMap((mark) => [
		element('line', { class: mark === 1 ? 'one' : 'axis', x1: LEFT, x2: RIGHT, y1: y(mark), y2: y(mark) }),
		element('text', { class: 'quiet', x: LEFT - 8, y: y(mark) + 4, 'text-anchor': 'end' }, String(mark)),
	]);
	const marked = points.flatMap(({ at, ratio }) => [
		element('line', { class: 'spread', x1: x(at), x2: x(at), y1: y(ratio.low), y2: y(ratio.high) }),
		element('circle', { class: 'point', cx: x(at), cy: y(ratio.median), r: 4 }),
		element('text', { x: x(at) + 6, y: y(ratio.median) - 8 }, renderRatio(ratio.median)),
		element('text', { class: 'quiet', x: x(at), y: BOTTOM + 18, 'text-anchor': 'middle' }, at.toLocaleString('en-US')),
	]);
	return picture(`${title}: time over that with the fewest`, CURVE_WIDTH, CURVE_HEIGHT, [
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
