import { type PictureProps, percent } from './picture.ts';

/** The part of a column's place that it fills. */
const FILLED = 0.7;
/** The largest part of the picture that one bar fills: two bars alone would look like blocks. */
const WIDEST = 0.08;
/** Labels that fit on a narrow screen. */
const LABELS = 4;

/** Upright bars, from left to right, with a label under the first, the last and some between. */
export function Columns({ bars, most, show, name, describedBy }: PictureProps) {
	const place = 1 / bars.length;
	const width = Math.min(WIDEST, place * FILLED);
	const step = Math.max(1, Math.ceil((bars.length - 1) / (LABELS - 1)));
	const isLabelled = (index: number) => bars.length <= LABELS || (bars.length - 1 - index) % step === 0;
	return (
		<div className="columns">
			<svg role="img" aria-label={name} aria-describedby={describedBy} width="100%" height="100%">
				<line className="line" x1="0" x2="100%" y1="0.5" y2="0.5" />
				<line className="line" x1="0" x2="100%" y1="50%" y2="50%" />
				{bars.map(({ label, value }, index) => (
					<rect
						key={label}
						className="bar"
						x={percent(place * (index + 0.5) - width / 2)}
						y={percent(1 - value / most)}
						width={percent(width)}
						height={percent(value / most)}
					>
						<title>{`${label}: ${show(value)}`}</title>
					</rect>
				))}
				<line className="line base" x1="0" x2="100%" y1="100%" y2="100%" />
			</svg>
			<svg className="labels" aria-hidden="true" width="100%" height="24">
				{bars.map(({ label }, index) =>
					isLabelled(index) ? (
						<text key={label} y="17" {...anchorOf(index, bars.length)}>
							{label}
						</text>
					) : null,
				)}
			</svg>
		</div>
	);
}

/** The first and the last label stay inside the picture. */
function anchorOf(
	index: number,
	count: number,
): { readonly x: string; readonly textAnchor: 'start' | 'middle' | 'end' } {
	if (count > 2 && index === 0) return { x: '0%', textAnchor: 'start' };
	if (count > 2 && index === count - 1) return { x: '100%', textAnchor: 'end' };
	return { x: percent((index + 0.5) / count), textAnchor: 'middle' };
}
