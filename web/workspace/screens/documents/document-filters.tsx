import { DayField, SelectField } from '../../../kit/parts/index.ts';
import { ClientField } from '../../clients/index.ts';
import { ALL, type Choice, isNarrowed, KINDS, ORDERS } from './filter-choice.ts';

interface DocumentFiltersProps {
	readonly choice: Choice;
	readonly onChange: (choice: Choice) => void;
	readonly isClient: boolean;
}

/** Order and filters of the list, all by metadata: nothing is opened. */
export function DocumentFilters({ choice, onChange, isClient }: DocumentFiltersProps) {
	const change = (part: Partial<Choice>) => onChange({ ...choice, ...part });
	return (
		<search className="stack" aria-label="Filter documents">
			<div className="grid filters">
				<SelectField label="Order" value={choice.order} options={ORDERS} onChange={(order) => change({ order })} />
				<SelectField
					label="Kind of file"
					value={choice.mimeType}
					options={KINDS}
					none="All kinds"
					onChange={(mimeType) => change({ mimeType })}
				/>
				{isNarrowed(choice) && (
					<button type="button" className="plain" onClick={() => onChange({ ...ALL, order: choice.order })}>
						Clear filters
					</button>
				)}
			</div>
			<details>
				<summary>More filters</summary>
				<div className="grid">
					{!isClient && (
						<>
							<ClientField
								label="About client"
								none="All clients"
								value={choice.clientId}
								onChange={(clientId) => change({ clientId })}
							/>
							<ClientField
								label="Shared with client"
								none="Shared or not"
								value={choice.sharedWithId}
								onChange={(sharedWithId) => change({ sharedWithId })}
							/>
						</>
					)}
					<SelectField
						label="File"
						value={choice.status}
						options={STATES}
						none="With or without a file"
						onChange={(status) => change({ status })}
					/>
					<DayField label="Created from" value={choice.from} onChange={(from) => change({ from })} />
					<DayField label="Created until" value={choice.to} onChange={(to) => change({ to })} />
					<label className="choice">
						<input
							type="checkbox"
							checked={choice.isOwn}
							onChange={({ target }) => change({ isOwn: target.checked })}
						/>
						Only what I created
					</label>
				</div>
			</details>
		</search>
	);
}

const STATES = [
	['AVAILABLE', 'With a file'],
	['PENDING', 'Waiting for a file'],
] as const;
