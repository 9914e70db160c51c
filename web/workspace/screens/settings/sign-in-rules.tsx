import { useQuery } from '@apollo/client/react';
import { InvitationsDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { SignInRulesForm } from './sign-in-rules-form.tsx';

const KINDS = ['MEMBER'];

/** Where new members must come from. */
export function SignInRules() {
	const { data, error, refetch } = useQuery(InvitationsDocument);
	useLive(KINDS, refetch);
	const firm = data?.viewer.firm;
	return (
		<section className="stack" aria-labelledby="sign-in">
			<h2 id="sign-in">Who may join</h2>
			<p className="reading">
				Everyone joins by an invitation. Here you can also demand where they sign in, and at which domains their
				addresses are. Present members stay.
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{firm?.signIn && (
				<SignInRulesForm present={firm.signIn} open={firm.invitations?.length ?? 0} onConflict={refetch} />
			)}
		</section>
	);
}
