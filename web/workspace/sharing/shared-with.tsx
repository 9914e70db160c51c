import { useMutation } from '@apollo/client/react';
import { type ReactNode, useId, useState } from 'react';
import {
	type SharedWithFragment,
	type ShareSubject,
	UnshareWithClientDocument,
} from '../../kit/api/workspace.generated.ts';
import { Confirm } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { NoPortalPeople } from '../clients/index.ts';
import { useViewer } from '../viewer.ts';
import { ShareDialog } from './share-dialog.tsx';
import './shared.css';

interface SharedWithProps {
	/** A document, a thread or an invoice, such as `{ documentId }`. */
	readonly subject: ShareSubject;
	/** What the subject is called in a sentence. */
	readonly noun: 'document' | 'thread' | 'invoice';
	/** The clients with access now: `sharedWith` of the subject. The cache brings the list up to date after each change. */
	readonly clients: readonly SharedWithFragment[];
	/** The client that the subject is about. */
	readonly about?: { readonly id: string; readonly name: string } | null;
	/** Why the subject cannot be shared yet, as a sentence. */
	readonly notYet?: string | undefined;
}

/** Who outside of the firm can see something, with the ways to share it and to stop. Shows nothing to a portal client. */
export function SharedWith({ subject, noun, clients, about = null, notYet }: SharedWithProps) {
	const { role } = useViewer();
	const title = useId();
	const [isSharing, setSharing] = useState(false);
	const [done, setDone] = useState<ReactNode>(null);
	const [unshare] = useMutation(UnshareWithClientDocument);
	if (role !== 'OWNER' && role !== 'MEMBER') return null;
	return (
		<section className="stack tight" aria-labelledby={title}>
			<div className="row apart">
				<h2 id={title}>Shared with clients</h2>
				{notYet === undefined && (
					<button type="button" className="small no-print" onClick={() => setSharing(true)}>
						Share with a client
					</button>
				)}
			</div>
			<p role="status" className={done ? 'hint' : 'said'}>
				{done}
			</p>
			{notYet !== undefined && <p className="quiet">{notYet}</p>}
			{clients.length === 0 ? (
				<p className="quiet">Only people of your firm can see this {noun}.</p>
			) : (
				<ul className="shared stack tight">
					{clients.map(({ id, name, status }) => (
						<li key={id} className="row apart">
							<span className="row">
								<a href={`#/clients/${id}`}>
									<VisibleText text={name} />
								</a>
								{status === 'ARCHIVED' && <span className="badge">Archived, still has access</span>}
								<NoPortalPeople clientId={id} isShort />
							</span>
							<Confirm
								label="Stop sharing"
								about={name}
								isSmall
								isDangerous
								title="Stop sharing?"
								onConfirm={async () => {
									await unshare({ variables: { input: { clientId: id, subject } } });
									setDone(
										<>
											No longer shared with <VisibleText text={name} />.
										</>,
									);
								}}
							>
								<p>
									No one who signs in for <VisibleText text={name} /> can open this {noun} from then on. What they have
									downloaded before stays with them.
								</p>
							</Confirm>
						</li>
					))}
				</ul>
			)}
			{isSharing && (
				<ShareDialog
					subject={subject}
					noun={noun}
					about={about}
					without={clients.map(({ id }) => id)}
					onShared={(name) =>
						setDone(
							<>
								Shared with <VisibleText text={name} />.
							</>,
						)
					}
					onClose={() => setSharing(false)}
				/>
			)}
		</section>
	);
}
