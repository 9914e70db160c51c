import { useRef } from 'react';
import { showMoney } from '../../../kit/text/amounts.ts';
import { isDecimal, multiply } from './decimal.ts';
import { type DraftLine, newLine } from './invoice-draft.ts';
import { LineItemRow } from './line-item-row.tsx';

interface LineItemsEditorProps {
	readonly lines: readonly DraftLine[];
	readonly currency: string;
	/** Of the amounts of all lines; null if one has none. */
	readonly sum: string | null;
	readonly wrong: string | null;
	readonly onChange: (lines: readonly DraftLine[]) => void;
	/** Puts the sum of the lines into the total. */
	readonly onUseSum: (sum: string) => void;
}

/** As many as the API takes. */
const MOST = 200;

/** Line items as a table whose cells are fields. Sums are exact; the invoice's total is what its writer says. */
export function LineItemsEditor({ lines, currency, sum: total, wrong, onChange, onUseSum }: LineItemsEditorProps) {
	const table = useRef<HTMLTableElement>(null);
	const isCurrency = /^[A-Z]{3}$/.test(currency);
	const show = (amount: string | null) => (amount === null ? '—' : isCurrency ? showMoney(amount, currency) : amount);

	function add() {
		onChange([...lines, newLine()]);
		requestAnimationFrame(() => table.current?.querySelector<HTMLElement>('tbody tr:last-child textarea')?.focus());
	}
	function move(index: number, by: number) {
		const moved = [...lines];
		const [line] = moved.splice(index, 1);
		if (line) moved.splice(index + by, 0, line);
		onChange(moved);
	}
	return (
		<fieldset className="stack">
			<legend>Line items</legend>
			{lines.length > 0 && (
				<div className="table">
					<table className="cards line-items" ref={table}>
						<caption className="said">Line items of the invoice, in order</caption>
						<thead>
							<tr>
								<th scope="col">Description</th>
								<th scope="col">Quantity</th>
								<th scope="col">Price</th>
								<th scope="col" className="number">
									Amount
								</th>
								<th scope="col">
									<span className="said">Move or remove</span>
								</th>
							</tr>
						</thead>
						<tbody>
							{lines.map((line, index) => (
								<LineItemRow
									key={line.key}
									line={line}
									position={index + 1}
									isLast={index === lines.length - 1}
									amount={show(multiply(line.quantity, line.unitAmount))}
									isWrong={(text) => text !== '' && !isDecimal(text)}
									onChange={(next) => onChange(lines.map((each) => (each.key === line.key ? next : each)))}
									onMove={(by) => move(index, by)}
									onRemove={() => onChange(lines.filter(({ key }) => key !== line.key))}
								/>
							))}
						</tbody>
					</table>
				</div>
			)}
			{wrong !== null && (
				<p className="wrong" role="alert">
					{wrong}
				</p>
			)}
			<div className="row apart">
				<button type="button" onClick={add} disabled={lines.length >= MOST}>
					Add a line
				</button>
				{lines.length > 0 && (
					<span className="row">
						<output>Sum of the lines: {show(total)}</output>
						<button
							type="button"
							className="small"
							disabled={total === null}
							onClick={() => total !== null && onUseSum(total)}
						>
							Use as the total
						</button>
					</span>
				)}
			</div>
		</fieldset>
	);
}
