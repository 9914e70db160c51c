import { useId } from 'react';
import './bar-chart.css';
import { visibleLine } from '../text/visible-line.ts';
import { Columns } from './columns.tsx';
import { Rows } from './rows.tsx';

export interface Bar {
	/** Such as a day or a name; no two bars have the same. */
	readonly label: string;
	/** At least 0. */
	readonly value: number;
}

interface BarChartProps {
	/** What the picture shows, as a sentence or title. */
	readonly caption: string;
	readonly bars: readonly Bar[];
	/** What the labels are, and what the values are: the heads of the table's columns. */
	readonly heads: readonly [labels: string, values: string];
	/** A value as a person reads it; the number unless given. */
	readonly show?: (value: number) => string;
	/** Columns for times, rows for names. */
	readonly form?: 'COLUMNS' | 'ROWS';
}

const plain = (value: number): string => value.toLocaleString();

/**
 * Bars as a picture, and the same numbers as a table behind it. A screen reader reads the caption, the largest value and the table. Sizes
 * are percentages of the space there is, so that text keeps its size on a narrow screen.
 */
export function BarChart({ caption, bars: given, heads, show = plain, form = 'COLUMNS' }: BarChartProps) {
	const id = useId();
	const bars = given.map((bar) => ({ ...bar, label: visibleLine(bar.label) }));
	const largest = bars.reduce<Bar | null>((most, bar) => (most && most.value >= bar.value ? most : bar), null);
	const Picture = form === 'ROWS' ? Rows : Columns;
	return (
		<figure className="chart stack tight">
			<figcaption>{caption}</figcaption>
			{largest !== null && (
				<>
					<p className="hint" id={id}>
						Largest: {show(largest.value)} ({largest.label})
					</p>
					<Picture
						bars={bars}
						most={Math.max(largest.value, Number.MIN_VALUE)}
						show={show}
						name={caption}
						describedBy={id}
					/>
				</>
			)}
			<details>
				<summary>Numbers as a table</summary>
				<div className="table">
					<table>
						<caption className="said">{caption}</caption>
						<thead>
							<tr>
								<th scope="col">{heads[0]}</th>
								<th scope="col" className="number">
									{heads[1]}
								</th>
							</tr>
						</thead>
						<tbody>
							{bars.map(({ label, value }) => (
								<tr key={label}>
									<th scope="row">{label}</th>
									<td className="number">{show(value)}</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			</details>
		</figure>
	);
}
