import { useState } from 'react';
import { ClientDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { ViewProps } from '../../screen.ts';
import { ArchiveButton } from './archive-button.tsx';
import { EditClient } from './edit-client.tsx';
import { PortalPeople } from './portal-people.tsx';
import { SharedThings } from './shared-things.tsx';

const CHANGES = ['Client'];
const PEOPLE = ['MEMBER'];

/** One client: who signs in for it, and all that it can see. */
export function ClientScreen({ id = '' }: ViewProps) {
	const { data, error, loading, refetch } = useContentQuery(ClientDocument, { variables: { id } });
	useRecordEvents(CHANGES, refetch);
	useLive(PEOPLE, refetch);
	const [isEditing, setEditing] = useState(false);
	const client = data?.client;
	useTitle(client?.name ?? 'Client');
	return (
		<>
			<p className="no-print">
				<a href="#/clients">All clients</a>
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!client && !error && loading && <p role="status">Loading the client …</p>}
			{!client && !error && !loading && (
				<Empty>
					<h1>This client is not here</h1>
					<p>The address is wrong.</p>
				</Empty>
			)}
			{client && (
				<>
					<header>
						<h1>
							<VisibleText text={client.name} />
						</h1>
						<div className="row">
							<button type="button" onClick={() => setEditing(true)}>
								Edit
							</button>
							<ArchiveButton client={client} onChange={refetch} />
						</div>
					</header>
					{isEditing && <EditClient client={client} onChange={refetch} onClose={() => setEditing(false)} />}
					<dl className="facts card">
						<dt>State</dt>
						<dd>
							<span className={client.status === 'ACTIVE' ? 'badge good' : 'badge'}>
								{client.status === 'ACTIVE' ? 'Active' : 'Archived: what is shared stays shared'}
							</span>
						</dd>
						<dt>E-mail</dt>
						<dd>{client.email ? <VisibleText text={client.email} /> : <span className="quiet">none</span>}</dd>
						<dt>Client since</dt>
						<dd>
							<Time at={client.createdAt} show="day" />
						</dd>
					</dl>
					<PortalPeople people={client.members.nodes} count={client.members.totalCount} />
					<SharedThings client={client} />
				</>
			)}
		</>
	);
}
