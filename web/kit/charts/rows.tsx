import { type PictureProps, percent } from './picture.ts';

/** Pixels: a row, of which the lower part is the bar and the upper part its label. */
const ROW = 44;
const TEXT = 18;
const BAR = 16;

/** Lying bars, one under the other, each with its label and its value above. */
export function Rows({ bars, most, show, name, describedBy }: PictureProps) {
	return (
		<svg
			role="img"
			aria-label={name}
			aria-describedby={describedBy}
			width="100%"
			height={Math.max(1, bars.length) * ROW}
		>
			{bars.map(({ label, value }, index) => (
				<g key={label}>
					<text x="0" y={index * ROW + TEXT - 4}>
						{label}
					</text>
					<text x="100%" y={index * ROW + TEXT - 4} textAnchor="end">
						{show(value)}
					</text>
					<rect className="track" x="0" y={index * ROW + TEXT} width="100%" height={BAR} rx="3" />
					<rect className="bar" x="0" y={index * ROW + TEXT} width={percent(value / most)} height={BAR} rx="3">
						<title>{`${label}: ${show(value)}`}</title>
					</rect>
				</g>
			))}
		</svg>
	);
}
