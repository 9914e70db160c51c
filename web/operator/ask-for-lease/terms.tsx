import type { LeasePurpose } from '../../kit/api/operator.generated.ts';
import { Field } from '../../kit/parts/index.ts';
import { type LeaseDraft, lengthOf, MOST_MINUTES, PURPOSES, REASON } from './lease-draft.ts';

interface TermsProps {
	readonly draft: LeaseDraft;
	readonly faults: Partial<Record<keyof LeaseDraft, string>>;
	readonly onChange: (part: Partial<LeaseDraft>) => void;
}

/** Why, and for how much and how long. */
export function Terms({ draft, faults, onChange }: TermsProps) {
	const length = lengthOf(draft.reason);
	return (
		<>
			<Field label="Purpose" wrong={faults.purpose ?? null}>
				{(control) => (
					<select
						{...control}
						required
						value={draft.purpose}
						onChange={(event) => onChange({ purpose: event.target.value as LeasePurpose | '' })}
					>
						<option value="">Choose one</option>
						{Object.entries(PURPOSES).map(([purpose, says]) => (
							<option key={purpose} value={purpose}>
								{says}
							</option>
						))}
					</select>
				)}
			</Field>
			<Field
				label="Reason"
				hint={`The firm’s owners decide by this text. It is not encrypted: put no content into it. ${counted(length)}`}
				wrong={faults.reason ?? null}
			>
				{(control) => (
					<textarea
						{...control}
						required
						value={draft.reason}
						onChange={(event) => onChange({ reason: event.target.value })}
					/>
				)}
			</Field>
			<div className="terms">
				<Field label="Ticket" hint="Such as SUP-1042" wrong={faults.ticket ?? null}>
					{(control) => (
						<input
							{...control}
							required
							autoComplete="off"
							spellCheck={false}
							value={draft.ticket}
							onChange={(event) => onChange({ ticket: event.target.value })}
						/>
					)}
				</Field>
				<Field label="Read budget" hint="Values, repeats included; empty for no limit" wrong={faults.budget ?? null}>
					{(control) => (
						<input
							{...control}
							inputMode="numeric"
							value={draft.budget}
							onChange={(event) => onChange({ budget: event.target.value })}
						/>
					)}
				</Field>
				<Field label="Minutes" hint={`From the activation, at most ${MOST_MINUTES}`} wrong={faults.minutes ?? null}>
					{(control) => (
						<input
							{...control}
							required
							inputMode="numeric"
							value={draft.minutes}
							onChange={(event) => onChange({ minutes: event.target.value })}
						/>
					)}
				</Field>
			</div>
		</>
	);
}

const counted = (length: number): string =>
	length < REASON.least
		? `${length} of at least ${REASON.least} characters.`
		: `${length} characters of at most ${REASON.most}.`;
