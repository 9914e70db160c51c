import { useMutation } from '@apollo/client/react';
import { UpdateDocumentDocument } from '../../../kit/api/workspace.generated.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	Dialog,
	ErrorNote,
	Field,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { ClientField } from '../../clients/index.ts';
import type { DocumentOfScreen } from './document-of-screen.ts';

interface EditDocumentProps {
	readonly document: DocumentOfScreen;
	/** Reads the document again. */
	readonly onChange: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes what a document says of itself; its files stay. */
export function EditDocument({ document, onChange, onClose }: EditDocumentProps) {
	const { id, revision, name, description, client } = document;
	const draft = useDraft({
		revision,
		values: { name, clientId: client?.id ?? '', description: description ?? '' },
	});
	const [update] = useMutation(UpdateDocumentDocument);
	const letGo = useLeaveGuard(draft.hasChanges);
	const { values, change } = draft;
	const { isSaving, error, submit } = useSave(async () => {
		// Only what differs: a description that could not be opened now must not be emptied.
		const changes = {
			...(values.name !== name && { name: values.name }),
			...(values.clientId !== (client?.id ?? '') && { clientId: values.clientId || null }),
			...(values.description !== (description ?? '') && { description: values.description || null }),
		};
		if (Object.keys(changes).length > 0)
			await update({ variables: { input: { id, expectedRevision: draft.revision, ...changes } } });
		letGo();
		onClose();
	}, onChange);
	const close = () => confirmLoss(draft.hasChanges) && onClose();
	return (
		<Dialog title="Edit document" onClose={close}>
			<form className="stack" onSubmit={submit}>
				<Field label="Name" hint="The platform can read the name.">
					{(control) => (
						<input
							{...control}
							required
							maxLength={200}
							value={values.name}
							onChange={({ target }) => change({ name: target.value })}
						/>
					)}
				</Field>
				<ClientField
					label="About client"
					value={values.clientId}
					onChange={(clientId) => change({ clientId })}
					present={client}
				/>
				<Field label="Description">
					{(control) => (
						<textarea
							{...control}
							rows={5}
							value={values.description}
							onChange={({ target }) => change({ description: target.value })}
						/>
					)}
				</Field>
				{draft.isStale && (
					<ChangedMeanwhile onTake={draft.takePresent}>
						<p>
							<VisibleText text={name} />
						</p>
						<p className="quiet">{client ? <VisibleText text={client.name} /> : 'About no client'}</p>
						<p>
							<VisibleText text={description ?? ''} form="LINES" />
						</p>
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
