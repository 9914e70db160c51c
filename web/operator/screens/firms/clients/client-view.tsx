import { ClientDocument, type ClientQuery } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { LoadMore, useTitle } from '../../../../kit/parts/index.ts';
import { showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { type Column, RecordTable } from '../../../records/record-table.tsx';
import { PAGE_SIZE } from '../../../records/use-list.ts';
import type { ViewProps } from '../../../screen.ts';
import { useFirm } from '../firm-context.ts';
import { RecordView } from '../record-view.tsx';

type Portal = NonNullable<ClientQuery['client']>['members']['nodes'][number];

const COLUMNS: readonly Column<Portal>[] = [
	{ label: 'E-mail', cell: ({ email }) => <VisibleText text={email} /> },
	{ label: 'Joined', cell: ({ createdAt }) => <Time at={createdAt} show="day" /> },
	{ label: 'Removed', cell: ({ removedAt }) => (removedAt ? <Time at={removedAt} show="day" /> : 'no') },
];

/** One client, and the people who sign in to the portal for it. */
export function ClientView({ record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(ClientDocument, { variables: { id, first: PAGE_SIZE } });
	const client = query.data?.client;
	const members = client?.members;
	useTitle(client?.name ?? 'Client');
	return (
		<RecordView
			kind="Client"
			name={client?.name ?? null}
			id={id}
			back={[`/firms/${firm.id}/clients`, 'Clients']}
			query={query}
			facts={
				client
					? [
							['State', showConstant(client.status)],
							['E-mail', client.email && <VisibleText key="mail" text={client.email} />],
							['Since', <Time key="at" at={client.createdAt} />],
							['Last changed', <Time key="changed" at={client.updatedAt} />],
							['Revision', client.revision],
						]
					: []
			}
		>
			<section className="stack tight" aria-label="People of the portal">
				<h3>People of the portal</h3>
				{members?.nodes.length === 0 && <p className="quiet">No one signs in for this client.</p>}
				{members && members.nodes.length > 0 && (
					<RecordTable
						caption="People of the portal"
						firstLabel="Person"
						rows={members.nodes}
						columns={COLUMNS}
						nameOf={({ name }) => name}
						hrefOf={() => null}
						selection={null}
					/>
				)}
				<LoadMore
					hasMore={members?.pageInfo.hasNextPage ?? false}
					isLoading={query.loading}
					onMore={() =>
						void query
							.more({ after: members?.pageInfo.endCursor }, (shown, page) => {
								if (!shown.client || !page.client) return shown;
								const nodes = [...shown.client.members.nodes, ...page.client.members.nodes];
								return { client: { ...shown.client, members: { ...page.client.members, nodes } } };
							})
							.catch(() => undefined)
					}
				/>
			</section>
		</RecordView>
	);
}
