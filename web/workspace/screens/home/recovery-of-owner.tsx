import { useMutation } from '@apollo/client/react';
import { CancelOwnerRecoveryDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm, Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { OwnerRecovery } from '../../needs/use-needs-me.ts';

interface RecoveryOfOwnerProps {
	readonly recovery: OwnerRecovery;
	readonly onCancelled: () => unknown;
}

/** The platform is about to make someone an owner, as it does when a firm has lost its last one. Each present owner can stop it. */
export function RecoveryOfOwner({ recovery, onCancelled }: RecoveryOfOwnerProps) {
	const [cancel] = useMutation(CancelOwnerRecoveryDocument);
	const { user, requestedAt, approvedAt, possibleAt } = recovery;
	return (
		<section className="note bad stack tight" aria-labelledby="recovery">
			<h2 id="recovery">The platform is making someone an owner of your firm</h2>
			<p>
				This is for a firm that has lost its last owner. You are an owner: if you did not ask for this, cancel it, and
				call the platform.
			</p>
			<dl className="facts">
				<dt>New owner</dt>
				<dd>
					<Person person={user} /> {user && <VisibleText text={`<${user.email}>`} />}
				</dd>
				<dt>Asked</dt>
				<dd>
					<Time at={requestedAt} />
				</dd>
				<dt>Approved</dt>
				<dd>{approvedAt === null ? 'not yet' : <Time at={approvedAt} />}</dd>
				<dt>Possible from</dt>
				<dd>{possibleAt === null ? '72 hours after the approval' : <Time at={possibleAt} />}</dd>
			</dl>
			<div>
				<Confirm
					label="Cancel the recovery"
					isDangerous
					title="Cancel the recovery?"
					onConfirm={() => cancel().finally(() => void onCancelled())}
				>
					<p>
						<Person person={user} /> does not become an owner. Two people of the platform must start over to try again.
					</p>
				</Confirm>
			</div>
		</section>
	);
}
