import { useMutation } from '@apollo/client/react';
import { type ClientFieldsFragment, UpdateClientDocument } from '../../../kit/api/workspace.generated.ts';
import { Dialog, EditEnd, useEdit } from '../../../kit/parts/index.ts';
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
	const [update] = useMutation(UpdateClientDocument);
	const edit = useEdit<ClientValues>({
		present: { revision, values: { name, email: email ?? '' } },
		save: (values, expectedRevision) =>
			update({ variables: { input: { id, expectedRevision, name: values.name, email: values.email || null } } }),
		reread: onChange,
		onClose,
	});
	return (
		<Dialog title="Edit client" onClose={edit.cancel}>
			<form className="stack" onSubmit={edit.submit}>
				<ClientFields values={edit.values} onChange={edit.change} />
				<EditEnd edit={edit} label="Save">
					<p>
						<VisibleText text={name} />
					</p>
					<p>{email ? <VisibleText text={email} /> : 'No e-mail'}</p>
				</EditEnd>
			</form>
		</Dialog>
	);
}
