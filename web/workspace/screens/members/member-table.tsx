import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import { ChangeRole } from './change-role.tsx';
import { type Member, ROLE_WORDS } from './member-words.ts';
import { RemoveMember } from './remove-member.tsx';

interface MemberTableProps {
	readonly members: readonly Member[];
	readonly onChanged: () => Promise<unknown>;
}

export function MemberTable({ members, onChanged }: MemberTableProps) {
	const viewer = useViewer();
	const mayChange = viewer.role === 'OWNER';
	return (
		<div className="table">
			<table className="cards">
				<caption className="said">People of the firm, in the order in which they joined</caption>
				<thead>
					<tr>
						<th scope="col">Name</th>
						<th scope="col">Address</th>
						<th scope="col">Role</th>
						<th scope="col">Since</th>
						{mayChange && (
							<th scope="col">
								<span className="said">Change</span>
							</th>
						)}
					</tr>
				</thead>
				<tbody>
					{members.map((member) => (
						<tr key={member.id}>
							<th scope="row">
								<VisibleText text={member.name} /> {member.id === viewer.id && <span className="badge">you</span>}
							</th>
							<td data-label="Address">
								<VisibleText text={member.email} />
							</td>
							<td data-label="Role">
								{member.role === null ? '—' : ROLE_WORDS[member.role]}
								{member.client && (
									<>
										{' '}
										of <VisibleText text={member.client.name} />
									</>
								)}
							</td>
							<td data-label="Since">
								<Time at={member.createdAt} show="day" />
							</td>
							{mayChange && (
								<td>
									<span className="row">
										<ChangeRole member={member} onChanged={onChanged} />
										<RemoveMember member={member} onChanged={onChanged} />
									</span>
								</td>
							)}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
