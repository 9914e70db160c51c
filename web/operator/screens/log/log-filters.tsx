import { type SubmitEvent, useState } from 'react';
import { Field, SelectField } from '../../../kit/parts/index.ts';
import { actionInWords } from '../../../kit/text/actions-in-words.ts';
import { COORDINATES, fieldInWords } from '../../content/content-fields.ts';
import { FirmSelect } from '../../firms/index.ts';
import { type LogChoice, NO_CHOICE, wrongIn } from './log-choice.ts';

/** Actions that people look for most; any other can be typed. */
const ACTIONS = [
	'content.open',
	'content.deny',
	'content.fail',
	'content.send',
	'lease.request',
	'lease.approve',
	'lease.use',
	'lease.review',
	'log.read',
	'job.request',
	'job.agree',
	'key.grant',
	'key.state',
	'member.add',
	'member.remove',
	'policy.change',
	'alert.open',
	'alert.acknowledge',
];
const DECISIONS = [
	['ALLOWED', 'Allowed'],
	['DENIED', 'Denied'],
	['FAILED', 'Failed'],
] as const;
/** What is proposed for a field, with its words. */
type Known = readonly (readonly [value: string, words: string])[];
const KNOWN_ACTIONS: Known = ACTIONS.map((action) => [action, actionInWords(action)]);
const KNOWN_FIELDS: Known = COORDINATES.map((field) => [field, fieldInWords(field)]);
const NONE: Known = [];
const TEXTS = [
	['action', 'Action', 'text', KNOWN_ACTIONS],
	['coordinate', 'Field', 'text', KNOWN_FIELDS],
	['actor', 'Account', 'text', NONE],
	['record', 'Record', 'text', NONE],
	['lease', 'Lease', 'text', NONE],
	['from', 'From', 'datetime-local', NONE],
	['before', 'Before', 'datetime-local', NONE],
] as const;

interface LogFiltersProps {
	readonly choice: LogChoice;
	readonly onChange: (choice: LogChoice) => void;
}

/** The log is read when the form is sent, and not with each letter: the log records every read. */
export function LogFilters({ choice, onChange }: LogFiltersProps) {
	const [typed, setTyped] = useState(choice);
	const set = (change: Partial<LogChoice>) => setTyped({ ...typed, ...change });
	const wrong = wrongIn(typed);
	function send(event: SubmitEvent) {
		event.preventDefault();
		if (Object.keys(wrong).length === 0) onChange(typed);
	}
	return (
		<search>
			<form className="stack" aria-label="Filter the log" onSubmit={send}>
				<div className="grid">
					<FirmSelect value={typed.firm} none="All firms and the installation" onChange={(firm) => set({ firm })} />
					<SelectField
						label="Decision"
						value={typed.decision}
						options={DECISIONS}
						none="Every decision"
						onChange={(decision) => set({ decision })}
					/>
					{TEXTS.map(([name, label, type, known]) => (
						<Field key={name} label={label} wrong={wrong[name] ?? null}>
							{(control) => (
								<>
									<input
										{...control}
										type={type}
										value={typed[name]}
										list={known.length > 0 ? `${control.id}-known` : undefined}
										autoComplete="off"
										spellCheck={false}
										onChange={(event) => set({ [name]: event.currentTarget.value.trim() })}
									/>
									{known.length > 0 && (
										<datalist id={`${control.id}-known`}>
											{known.map(([value, words]) => (
												<option key={value} value={value}>
													{words}
												</option>
											))}
										</datalist>
									)}
								</>
							)}
						</Field>
					))}
				</div>
				<div className="row">
					<button type="submit" className="primary">
						Show entries
					</button>
					<button
						type="button"
						onClick={() => {
							setTyped(NO_CHOICE);
							onChange(NO_CHOICE);
						}}
					>
						Clear the filter
					</button>
				</div>
			</form>
		</search>
	);
}
