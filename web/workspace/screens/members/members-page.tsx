import { useState } from 'react';
import { MembersDocument, type MembersQuery } from '../../../kit/api/workspace.generated.ts';
import { type ListPage, useContentList } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberTable } from './member-table.tsx';
import type { Member } from './member-words.ts';
import { OpenInvitations } from './open-invitations.tsx';

const KINDS = ['MEMBER'];

const listOf = (data: MembersQuery) => data.viewer.firm?.members;
const withList = (data: MembersQuery, list: ListPage<Member>): MembersQuery => ({
	...data,
	viewer: {
		...data.viewer,
		firm: data.viewer.firm && { ...data.viewer.firm, members: list },
	},
});

/** The firm's people: every one sees the list, an owner changes it. */
export function MembersPage() {
	useTitle('Members');
	const isOwner = useViewer().role === 'OWNER';
	const [isInviting, setInviting] = useState(false);
	const list = useContentList(MembersDocument, { variables: {}, pageSize: 100, listOf, withList });
	useLive(KINDS, list.refresh);
	return (
		<>
			<header>
				<h1>Members</h1>
				{isOwner && (
					<button type="button" className="primary" onClick={() => setInviting(true)}>
						Invite a person
					</button>
				)}
			</header>
			{list.error && <ErrorNote error={list.error} onRetry={list.refresh} />}
			{!list.nodes && !list.error && <p role="status">Loading …</p>}
			{list.nodes && list.nodes.length > 0 && <MemberTable members={list.nodes} onChanged={list.refresh} />}
			<LoadMore hasMore={list.hasMore} isLoading={list.isLoading} onMore={list.more} />
			{isOwner && <OpenInvitations />}
			{isInviting && <InviteDialog onClose={() => setInviting(false)} />}
		</>
	);
}
