import { useMutation } from '@apollo/client/react';
import { type SubmitEvent, useEffect, useState } from 'react';
import { type ShareSubject, ShareWithClientDocument } from '../../kit/api/workspace.generated.ts';
import { Dialog, ErrorNote } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { ClientField, NoPortalPeople } from '../clients/index.ts';

interface ShareDialogProps {
	readonly subject: ShareSubject;
	readonly noun: string;
	/** The client that it is about, which is proposed. */
	readonly about: { readonly id: string; readonly name: string } | null;
	/** Clients that have access already. */
	readonly without: readonly string[];
	readonly onShared: (client: string) => void;
	readonly onClose: () => void;
}

/** Asks for the client, says what sharing does, and shares. */
export function ShareDialog({ subject, noun, about, without, onShared, onClose }: ShareDialogProps) {
	const [client, setClient] = useState(about && !without.includes(about.id) ? about : { id: '', name: '' });
	const [share, { loading, error }] = useMutation(ShareWithClientDocument);
	async function submit(event: SubmitEvent) {
		event.preventDefault();
		if (loading) return;
		try {
			await share({ variables: { input: { clientId: client.id, subject } } });
		} catch {
			return;
		}
		onShared(client.name);
		onClose();
	}
	// The answer was lost, and the list says that it is done.
	const isDone = error !== undefined && without.includes(client.id);
	useEffect(() => {
		if (!isDone) return;
		onShared(client.name);
		onClose();
	}, [isDone, client.name, onShared, onClose]);
	return (
		<Dialog title={`Share this ${noun}`} onClose={onClose}>
			<form className="stack" onSubmit={submit}>
				<ClientField
					label="Client"
					value={client.id}
					onChange={(id, name) => setClient({ id, name })}
					none="Choose a client"
					without={without}
					isRequired
				/>
				<p>
					{client.id === '' ? (
						'Everyone who signs in for this client'
					) : (
						<>
							Everyone who signs in for <VisibleText text={client.name} />
						</>
					)}{' '}
					{WHAT[noun] ?? 'can see it'}, at once. You can stop sharing at any time.
				</p>
				<NoPortalPeople clientId={client.id} />
				{error && <ErrorNote error={error} />}
				<div className="row">
					<button type="submit" className="primary" disabled={loading}>
						{loading ? 'Sharing …' : 'Share'}
					</button>
					<button type="button" onClick={onClose}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}

const WHAT: Readonly<Record<string, string>> = {
	document: 'can read and download it and add new versions',
	thread: 'can read all its messages and write in it',
	invoice: 'can read it with its line items',
};
