import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { type ClientFieldsFragment, UpdateClientDocument } from '../../../kit/api/workspace.generated.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	Dialog,
	ErrorNote,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { ClientFields, type ClientValues } from './client-fields.tsx';

interface EditClientProps {
	readonly client: ClientFieldsFragment;
	/** Reads the client again. */
	readonly onChange: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes name and address of a client. */
export function EditClient({ client, onChange, onClose }: EditClientProps) {
	const { id, revision, name, email } = client;
	const draft = useDraft<ClientValues>({ revision, values: { name, email: email ?? '' } });
	const [update] = useMutation(UpdateClientDocument);
	const letGo = useLeaveGuard(draft.hasChanges);
	const { values } = draft;
	const { isSaving, error, submit } = useSave(async () => {
		const input = { id, expectedRevision: draft.revision, name: values.name, email: values.email || null };
		await update({ variables: { input } });
		letGo();
		onClose();
	}, onChange);
	const isSaved = error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) onClose();
	}, [isSaved, onClose]);
	const close = () => confirmLoss(draft.hasChanges) && onClose();
	return (
		<Dialog title="Edit client" onClose={close}>
			<form className="stack" onSubmit={submit}>
				<ClientFields values={values} onChange={draft.change} />
				{draft.isStale && (
					<ChangedMeanwhile onTake={draft.takePresent}>
						<p>
							<VisibleText text={name} />
						</p>
						<p>{email ? <VisibleText text={email} /> : 'No e-mail'}</p>
					</ChangedMeanwhile>
				)}
				{error !== null && !draft.isStale && <ErrorNote error={error} />}
				<div className="row">
					<SaveButton label="Save" isSaving={isSaving} />
					<button type="button" onClick={close}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}
