import { useMutation } from '@apollo/client/react';
import { type ClientFieldsFragment, UpdateClientDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

interface ArchiveButtonProps {
	readonly client: ClientFieldsFragment;
	/** Reads the client again. */
	readonly onChange: () => Promise<unknown>;
}

/** Archives a client, or makes it active again. */
export function ArchiveButton({ client, onChange }: ArchiveButtonProps) {
	const { id, revision, name, status } = client;
	const [update] = useMutation(UpdateClientDocument);
	const isActive = status === 'ACTIVE';
	async function act() {
		try {
			const input = { id, expectedRevision: revision, status: isActive ? 'ARCHIVED' : 'ACTIVE' } as const;
			await update({ variables: { input } });
		} catch (error) {
			await onChange();
			throw error;
		}
	}
	return (
		<Confirm
			key={status}
			label={isActive ? 'Archive' : 'Make active again'}
			title={isActive ? 'Archive this client?' : 'Make this client active again?'}
			onConfirm={act}
		>
			{isActive ? (
				<p>
					<VisibleText text={name} /> leaves the lists of active clients. Nothing is deleted, and its portal people keep
					access to what is shared: stop sharing below if they should not.
				</p>
			) : (
				<p>
					<VisibleText text={name} /> appears among the active clients again.
				</p>
			)}
		</Confirm>
	);
}
