/** Text as XML has it. */
const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** An element; attributes that are numbers are rounded to a tenth. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): string {
	const written = Object.entries(attributes).map(
		([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escapeXml(value)}"`,
	);
	return text === undefined
		? `<${name}${written.join('')}/>`
		: `<${name}${written.join('')}>${escapeXml(text)}</${name}>`;
}

/** Colours that are read on a light page as on a dark one, as the reader's system has it. */
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

/** A whole picture without a background; `title` is what is read aloud of it. */
export const picture = (title: string, width: number, height: number, elements: readonly string[]): string =>
	[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		element('title', {}, title),
		STYLE,
		...elements,
		'</svg>',
		'',
	].join('\n');

/** From values to places, by their logarithms. */
export function logScale([least, most]: readonly [number, number], [from, to]: readonly [number, number]) {
	const [low, high] = [Math.log(least), Math.log(most)];
	return (value: number): number => from + ((Math.log(value) - low) / (high - low)) * (to - from);
}
