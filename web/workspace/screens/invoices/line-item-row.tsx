import type { DraftLine } from './invoice-draft.ts';

interface LineItemRowProps {
	readonly line: DraftLine;
	readonly position: number;
	readonly isLast: boolean;
	/** Quantity times price, as shown. */
	readonly amount: string;
	readonly isWrong: (number: string) => boolean;
	readonly onChange: (line: DraftLine) => void;
	readonly onMove: (by: number) => void;
	readonly onRemove: () => void;
}

/** One line item whose cells are fields. */
export function LineItemRow({ line, position, isLast, amount, isWrong, onChange, onMove, onRemove }: LineItemRowProps) {
	const name = (field: string) => `${field} of line ${position}`;
	return (
		<tr>
			<td data-label="Description">
				<textarea
					aria-label={name('Description')}
					rows={1}
					value={line.description}
					onChange={({ target }) => onChange({ ...line, description: target.value })}
				/>
			</td>
			<td data-label="Quantity">
				<input
					aria-label={name('Quantity')}
					inputMode="decimal"
					autoComplete="off"
					value={line.quantity}
					aria-invalid={isWrong(line.quantity) || undefined}
					onChange={({ target }) => onChange({ ...line, quantity: target.value.trim() })}
				/>
			</td>
			<td data-label="Price">
				<input
					aria-label={name('Price')}
					inputMode="decimal"
					autoComplete="off"
					value={line.unitAmount}
					aria-invalid={isWrong(line.unitAmount) || undefined}
					onChange={({ target }) => onChange({ ...line, unitAmount: target.value.trim() })}
				/>
			</td>
			<td className="number" data-label="Amount">
				{amount}
			</td>
			<td>
				<span className="row">
					<button
						type="button"
						className="small"
						aria-label={`Move line ${position} up`}
						disabled={position === 1}
						onClick={() => onMove(-1)}
					>
						<span aria-hidden="true">↑</span>
					</button>
					<button
						type="button"
						className="small"
						aria-label={`Move line ${position} down`}
						disabled={isLast}
						onClick={() => onMove(1)}
					>
						<span aria-hidden="true">↓</span>
					</button>
					<button type="button" className="small danger" aria-label={`Remove line ${position}`} onClick={onRemove}>
						Remove
					</button>
				</span>
			</td>
		</tr>
	);
}
