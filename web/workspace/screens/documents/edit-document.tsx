import { useMutation } from '@apollo/client/react';
import { UpdateDocumentDocument } from '../../../kit/api/workspace.generated.ts';
import { Dialog, EditEnd, Field, useEdit } from '../../../kit/parts/index.ts';
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
	const [update] = useMutation(UpdateDocumentDocument);
	const present = { name, clientId: client?.id ?? '', description: description ?? '' };
	const edit = useEdit({
		present: { revision, values: present },
		async save(typed, expectedRevision) {
			// Only what differs: a description that could not be opened now must not be emptied.
			const changes = {
				...(typed.name !== present.name && { name: typed.name }),
				...(typed.clientId !== present.clientId && { clientId: typed.clientId || null }),
				...(typed.description !== present.description && { description: typed.description || null }),
			};
			if (Object.keys(changes).length > 0) await update({ variables: { input: { id, expectedRevision, ...changes } } });
		},
		reread: onChange,
		onClose,
	});
	const { values, change } = edit;
	return (
		<Dialog title="Edit document" onClose={edit.cancel}>
			<form className="stack" onSubmit={edit.submit}>
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
				<EditEnd edit={edit} label="Save">
					<p>
						<VisibleText text={name} />
					</p>
					<p className="quiet">{client ? <VisibleText text={client.name} /> : 'About no client'}</p>
					<p>
						<VisibleText text={description ?? ''} form="LINES" />
					</p>
				</EditEnd>
			</form>
		</Dialog>
	);
}
