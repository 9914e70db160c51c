import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { CreateClientDocument } from '../../../kit/api/workspace.generated.ts';
import {
	confirmLoss,
	Dialog,
	NotCreated,
	SaveRow,
	useLeaveGuard,
	useNewId,
	useSave,
} from '../../../kit/parts/index.ts';
import { ClientFields, type ClientValues } from './client-fields.tsx';

/** Adds a client, and goes to its page. */
export function NewClient({ onClose }: { readonly onClose: () => void }) {
	const { id, earlier, renew } = useNewId();
	const [values, setValues] = useState<ClientValues>({ name: '', email: '' });
	const [, go] = useLocation();
	const [create] = useMutation(CreateClientDocument);
	const hasText = values.name !== '' || values.email !== '';
	const letGo = useLeaveGuard(hasText);
	const { isSaving, error, submit } = useSave(async () => {
		const { name, email } = values;
		await create({ variables: { input: { id, name, ...(email && { email }) } } });
		letGo();
		go(`/clients/${id}`);
	}, renew);
	const close = () => confirmLoss(hasText) && onClose();
	return (
		<Dialog title="New client" onClose={close}>
			<form className="stack" onSubmit={submit}>
				<ClientFields
					values={values}
					onChange={(part) => setValues((before) => ({ ...before, ...part }) as ClientValues)}
				/>
				{error !== null && <NotCreated error={error} noun="client" href={`#/clients/${earlier}`} />}
				<SaveRow label="Create client" isSaving={isSaving} onCancel={close} />
			</form>
		</Dialog>
	);
}
