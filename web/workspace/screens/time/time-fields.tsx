import { Field } from '../../../kit/parts/index.ts';
import { ClientField } from '../../clients/index.ts';
import type { TimeDraft, TimeMistakes } from './time-draft.ts';
import type { TimeEntry } from './time-table.tsx';

interface TimeFieldsProps {
	readonly draft: TimeDraft;
	readonly mistakes: TimeMistakes;
	readonly present?: TimeEntry['client'];
	readonly onChange: (part: Partial<TimeDraft>) => void;
}

/** The fields of a time entry's form. */
export const TimeFields = ({ draft, mistakes, present = null, onChange }: TimeFieldsProps) => (
	<>
		<Field label="What was done" hint="Encrypted. The platform can read the rest of the entry.">
			{(control) => (
				<textarea
					{...control}
					rows={3}
					value={draft.description}
					onChange={({ target }) => onChange({ description: target.value })}
				/>
			)}
		</Field>
		<div className="grid">
			<Field label="Hours" wrong={mistakes.minutes ?? null}>
				{(control) => (
					<input
						{...control}
						type="number"
						min={0}
						max={24}
						value={draft.hours}
						onChange={({ target }) => onChange({ hours: target.value })}
					/>
				)}
			</Field>
			<Field label="Minutes">
				{(control) => (
					<input
						{...control}
						type="number"
						min={0}
						max={1440}
						value={draft.minutes}
						onChange={({ target }) => onChange({ minutes: target.value })}
					/>
				)}
			</Field>
			<Field label="Began at" wrong={mistakes.startedAt ?? null}>
				{(control) => (
					<input
						{...control}
						type="datetime-local"
						value={draft.startedAt}
						onChange={({ target }) => onChange({ startedAt: target.value })}
					/>
				)}
			</Field>
			<ClientField
				label="Client"
				value={draft.clientId}
				present={present}
				onChange={(clientId) => onChange({ clientId })}
			/>
		</div>
	</>
);
