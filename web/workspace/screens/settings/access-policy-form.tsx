import { useMutation } from '@apollo/client/react';
import { useId, useState } from 'react';
import {
	type AccessPolicyFragment,
	type FirmPolicy,
	SetFirmAccessPolicyDocument,
} from '../../../kit/api/workspace.generated.ts';
import { ErrorNote, Field, SaveButton, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';

interface AccessPolicyFormProps {
	/** As last read. */
	readonly present: AccessPolicyFragment;
	readonly onConflict: () => Promise<unknown>;
}

/** From the strictest. */
const CHOICES: readonly (readonly [FirmPolicy, string, string])[] = [
	['NEVER', 'Never', 'No one can ask. Requests that wait now end, and leases that were approved are revoked.'],
	[
		'APPROVE',
		'One of us agrees',
		'An owner of your firm must approve each request, and approvers of the platform too.',
	],
	[
		'NOTIFY',
		'The platform decides',
		'Approvers of the platform decide. Your owners are told of each step, and are not asked.',
	],
];
const STRICTNESS: Readonly<Record<FirmPolicy, number>> = { NEVER: 2, APPROVE: 1, NOTIFY: 0 };
const MOST = 5;

export function AccessPolicyForm({ present, onConflict }: AccessPolicyFormProps) {
	const name = useId();
	/** Null: as it is. */
	const [draft, setDraft] = useState<AccessPolicyFragment | null>(null);
	const [base, setBase] = useState(present);
	const [said, setSaid] = useState('');
	const [set] = useMutation(SetFirmAccessPolicyDocument);
	const { policy, approvers } = draft ?? present;
	const hasChanges = draft !== null && (policy !== present.policy || approvers !== present.approvers);
	const isStale = hasChanges && (base.policy !== present.policy || base.approvers !== present.approvers);
	const isLooser = STRICTNESS[policy] < STRICTNESS[present.policy] || approvers < present.approvers;
	useLeaveGuard(hasChanges);
	function change(part: Partial<AccessPolicyFragment>) {
		if (draft === null) setBase(present);
		setDraft({ policy, approvers, ...part });
		setSaid('');
	}
	const { isSaving, error, submit } = useSave(async () => {
		await set({ variables: { input: { policy, approvers } } });
		setDraft(null);
		setSaid('Saved. All owners get a notice.');
	}, onConflict);
	return (
		<form className="card stack" onSubmit={submit}>
			<fieldset className="stack tight">
				<legend>Who decides</legend>
				{CHOICES.map(([value, label, meaning]) => (
					<label key={value} className="choice">
						<input type="radio" name={name} checked={policy === value} onChange={() => change({ policy: value })} />
						<span>
							<strong>{label}</strong> {present.policy === value && <span className="badge">now</span>}{' '}
							<span className="quiet">{meaning}</span>
						</span>
					</label>
				))}
			</fieldset>
			<Field
				label="Approvers of the platform"
				hint="How many people of the platform must approve a lease, besides the one who asks: 1 to 5."
			>
				{(control) => (
					<select
						{...control}
						value={approvers}
						disabled={policy === 'NEVER'}
						onChange={({ target }) => change({ approvers: Number(target.value) })}
					>
						{Array.from({ length: MOST }, (_, index) => index + 1).map((count) => (
							<option key={count} value={count}>
								{count}
							</option>
						))}
					</select>
				)}
			</Field>
			{isStale && (
				<p className="note warn" role="alert">
					<strong>Changed meanwhile.</strong> Another owner has set “
					{CHOICES.find(([value]) => value === present.policy)?.[1]}” with {present.approvers}{' '}
					{present.approvers === 1 ? 'approver' : 'approvers'}. Your choice is still here: save it to replace theirs.
				</p>
			)}
			{hasChanges && (
				<p className={isLooser ? 'note warn' : 'note'}>
					{isLooser
						? 'This is looser than now: you are asked to sign in again, to confirm that it is you.'
						: 'This is stricter than now: leases that were approved under the present policy are revoked.'}
				</p>
			)}
			{error !== null && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label="Save the policy" isSaving={isSaving} />
				{hasChanges && (
					<button type="button" onClick={() => setDraft(null)}>
						Cancel
					</button>
				)}
				<span role="status">{said}</span>
			</div>
		</form>
	);
}
