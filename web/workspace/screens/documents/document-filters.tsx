import { Field } from '../../../kit/parts/index.ts';
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
			<div className="row filters">
				<Choose
					label="Order"
					value={choice.order}
					choices={ORDERS}
					onChange={(order) => change({ order: order as Choice['order'] })}
				/>
				<Choose
					label="Kind of file"
					value={choice.mimeType}
					choices={[['', 'All kinds'], ...KINDS]}
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
					<Choose
						label="File"
						value={choice.status}
						choices={STATES}
						onChange={(status) => change({ status: status as Choice['status'] })}
					/>
					<Day label="Created from" value={choice.from} onChange={(from) => change({ from })} />
					<Day label="Created until" value={choice.to} onChange={(to) => change({ to })} />
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
	['', 'With or without a file'],
	['AVAILABLE', 'With a file'],
	['PENDING', 'Waiting for a file'],
] as const;

interface ChooseProps {
	readonly label: string;
	readonly value: string;
	readonly choices: readonly (readonly [value: string, name: string])[];
	readonly onChange: (value: string) => void;
}

const Choose = ({ label, value, choices, onChange }: ChooseProps) => (
	<Field label={label}>
		{(control) => (
			<select {...control} value={value} onChange={({ target }) => onChange(target.value)}>
				{choices.map(([each, name]) => (
					<option key={each} value={each}>
						{name}
					</option>
				))}
			</select>
		)}
	</Field>
);

const Day = ({ label, value, onChange }: Omit<ChooseProps, 'choices'>) => (
	<Field label={label}>
		{(control) => <input {...control} type="date" value={value} onChange={({ target }) => onChange(target.value)} />}
	</Field>
);
