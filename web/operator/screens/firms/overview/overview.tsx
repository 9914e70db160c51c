import type { FirmPolicy } from '../../../../kit/api/operator.generated.ts';
import { LoadMore, useTitle } from '../../../../kit/parts/index.ts';
import { showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { AskForLease } from '../../../ask-for-lease/index.ts';
import { type Column, RecordTable } from '../../../records/record-table.tsx';
import { useViewer } from '../../../viewer.ts';
import { type FirmSeen, useFirm } from '../firm-context.ts';
import { OwnLeasesOn } from './own-leases-on.tsx';

type Member = NonNullable<FirmSeen['members']>['nodes'][number];

const POLICIES: Readonly<Record<FirmPolicy, string>> = {
	NEVER: 'Never: the firm accepts no request',
	APPROVE: 'An owner of the firm must approve each lease',
	NOTIFY: 'Owners are told, and need not approve',
};

const COLUMNS: readonly Column<Member>[] = [
	{ label: 'E-mail', cell: ({ email }) => <VisibleText text={email} /> },
	{ label: 'Role', cell: ({ role }) => (role ? showConstant(role) : '—') },
	{ label: 'Client', cell: ({ client }) => (client ? <VisibleText text={client.name} /> : '—') },
	{ label: 'Joined', cell: ({ createdAt }) => <Time at={createdAt} show="day" /> },
	{ label: 'Removed', cell: ({ removedAt }) => (removedAt ? <Time at={removedAt} show="day" /> : 'no') },
];

/** What the firm is, who belongs to it, and the person's own leases on it. */
export function Overview() {
	const { firm, moreMembers } = useFirm();
	const { accessPolicy: policy, members, ownerRecovery } = firm;
	const isOperator = useViewer().operatorRoles.includes('OPERATOR');
	useTitle(firm.name);
	return (
		<>
			<section className="stack tight" aria-label="The firm">
				<h2>The firm</h2>
				<dl className="facts">
					<dt>Short name</dt>
					<dd>
						<code>{firm.slug}</code>
					</dd>
					<dt>State</dt>
					<dd>{showConstant(firm.status)}</dd>
					<dt>Since</dt>
					<dd>
						<Time at={firm.createdAt} />
					</dd>
					{policy && (
						<>
							<dt>Leases on its content</dt>
							<dd>
								{POLICIES[policy.policy]}
								{policy.policy !== 'NEVER' &&
									`; also ${policy.approvers === 1 ? 'an approver' : `${policy.approvers} approvers`} of the platform`}
							</dd>
						</>
					)}
					{ownerRecovery && (
						<>
							<dt>Recovery of an owner</dt>
							<dd>
								<VisibleText text={ownerRecovery.user?.name ?? 'someone'} />, asked for{' '}
								<Time at={ownerRecovery.requestedAt} />
								{ownerRecovery.possibleAt && (
									<>
										, possible from <Time at={ownerRecovery.possibleAt} />
									</>
								)}
							</dd>
						</>
					)}
					<dt>Id</dt>
					<dd>
						<code>{firm.id}</code>
					</dd>
				</dl>
			</section>
			<section className="note stack tight" aria-label="Content of this firm">
				{isOperator || (
					<p>What the firm writes is encrypted. Operators see metadata, and content only under a lease.</p>
				)}
				{isOperator && (
					<p>
						What the firm writes is encrypted. You see who, when, how much and for which client, but not what it says:
						open a list, select what you need, and ask for a lease.
					</p>
				)}
				<div className="row">
					<AskForLease firm={firm} propose={() => ({ fields: [], records: null })} />
				</div>
			</section>
			<OwnLeasesOn firmId={firm.id} />
			<section className="stack tight" aria-label="People">
				<h2>People</h2>
				{members ? (
					<RecordTable
						caption="People of the firm"
						firstLabel="Person"
						rows={members.nodes}
						columns={COLUMNS}
						nameOf={({ name }) => name}
						hrefOf={() => null}
						selection={null}
					/>
				) : (
					<p className="quiet">Your roles do not show the firm’s people.</p>
				)}
				<LoadMore hasMore={moreMembers !== null} isLoading={false} onMore={() => moreMembers?.()} />
			</section>
		</>
	);
}
