import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type FirmSignInFieldsFragment, SetFirmSignInDocument } from '../../../kit/api/workspace.generated.ts';
import { ErrorNote, Field, SaveButton, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

interface SignInRulesFormProps {
	/** As last read. */
	readonly present: FirmSignInFieldsFragment;
	/** Invitations that a change would end. */
	readonly open: number;
	readonly onConflict: () => Promise<unknown>;
}

interface Draft {
	readonly issuers: string;
	readonly domains: string;
}

const draftOf = ({ issuers, domains }: FirmSignInFieldsFragment): Draft => ({
	issuers: issuers.join('\n'),
	domains: domains.join('\n'),
});
const linesOf = (text: string): string[] => text.split(/\s+/).filter((line) => line !== '');

export function SignInRulesForm({ present, open, onConflict }: SignInRulesFormProps) {
	/** Null: as it is. */
	const [draft, setDraft] = useState<Draft | null>(null);
	const [base, setBase] = useState(present);
	const [said, setSaid] = useState('');
	const [set] = useMutation(SetFirmSignInDocument);
	const values = draft ?? draftOf(present);
	const textOf = (rules: FirmSignInFieldsFragment) => JSON.stringify([rules.issuers, rules.domains]);
	const typed = { issuers: linesOf(values.issuers), domains: linesOf(values.domains) };
	const hasChanges = draft !== null && textOf(typed) !== textOf(present);
	const isStale = hasChanges && textOf(base) !== textOf(present);
	useLeaveGuard(hasChanges);
	function change(part: Partial<Draft>) {
		if (draft === null) setBase(present);
		setDraft({ ...values, ...part });
		setSaid('');
	}
	const { isSaving, error, submit } = useSave(async () => {
		await set({ variables: { input: typed } });
		setDraft(null);
		setSaid('Saved. All owners get a notice.');
	}, onConflict);
	return (
		<form className="card stack" onSubmit={submit}>
			<Field
				label="Sign-in services"
				hint="The addresses of the sign-in services of your firm, one a line, such as https://login.firm.example. The people who run them for you know them. Empty: any that the platform accepts."
			>
				{(control) => (
					<textarea
						{...control}
						rows={2}
						className="mono"
						value={values.issuers}
						onChange={({ target }) => change({ issuers: target.value })}
					/>
				)}
			</Field>
			<Field
				label="Domains of addresses"
				hint="One a line, such as firm.example; subdomains do not count. Empty: any. With a domain here, a person must sign in with exactly the address that was invited."
			>
				{(control) => (
					<textarea
						{...control}
						rows={2}
						className="mono"
						value={values.domains}
						onChange={({ target }) => change({ domains: target.value })}
					/>
				)}
			</Field>
			{isStale && (
				<div className="note warn stack tight" role="alert">
					<p>
						<strong>Changed meanwhile.</strong> Another owner has changed the rules. What you typed is still here: save
						it to replace theirs, which are:
					</p>
					<p className="mono">
						<VisibleText
							text={[...present.issuers, ...present.domains].join('\n') || 'any service, any domain'}
							form="LINES"
						/>
					</p>
				</div>
			)}
			{hasChanges && (
				<p className="note">
					You are asked to sign in again, to confirm that it is you.
					{open > 0 &&
						` The change ends ${open === 1 ? 'the open invitation' : `all ${open} open invitations`}: invite again.`}
				</p>
			)}
			{error !== null && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label="Save the rules" isSaving={isSaving} />
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
