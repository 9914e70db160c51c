import { useMutation } from '@apollo/client/react';
import { RemoveMemberDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import { FRESH, type Member } from './member-words.ts';

interface RemoveMemberProps {
	readonly member: Member;
	readonly onChanged: () => Promise<unknown>;
}

export function RemoveMember({ member, onChanged }: RemoveMemberProps) {
	const isSelf = useViewer().id === member.id;
	const [remove] = useMutation(RemoveMemberDocument);
	return (
		<Confirm
			label="Remove"
			about={member.email}
			isSmall
			isDangerous
			title={isSelf ? 'Remove yourself from the firm?' : 'Remove this person from the firm?'}
			confirm="Remove"
			onConfirm={() => remove({ variables: { input: { userId: member.id } } }).finally(() => void onChanged())}
		>
			<p>
				<strong>
					<VisibleText text={member.name} />
				</strong>
				, <VisibleText text={member.email} />
			</p>
			<ul>
				<li>They lose all access to the firm with their next request, files and open pages included.</li>
				<li>What they wrote stays in the firm.</li>
				{member.role === 'OWNER' && <li>Invitations that they sent and that are still open end.</li>}
				<li>To let them in again, invite them again. All owners get a notice.</li>
			</ul>
			{member.role === 'OWNER' && !isSelf && <p className="hint">{FRESH}</p>}
		</Confirm>
	);
}
