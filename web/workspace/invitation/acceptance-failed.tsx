import { failureOf } from '../../kit/api/index.ts';
import { ErrorNote } from '../../kit/parts/index.ts';

/** What the person can do, by the API's code. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
	NOT_FOUND:
		'A link works once, within seven days, and only as long as the person who sent it is an owner of the firm. Ask them for another.',
	FORBIDDEN:
		'If you were invited under another address, sign in as someone else: with the account of that address. Otherwise ask the person who invited you.',
	CONFLICT: 'If you have another account, sign in as someone else. Otherwise ask an owner of the firm.',
	BAD_USER_INPUT: 'The link is not complete. Open the whole link, or ask for another.',
	UNAUTHENTICATED: 'Sign in with an account that your firm’s sign-in service knows.',
};

/** Why an invitation was not accepted, and what to do. */
export function AcceptanceFailed({ error }: { readonly error: unknown }) {
	const step = NEXT_STEPS[failureOf(error).code];
	return (
		<div className="stack tight">
			<ErrorNote error={error} />
			{step !== undefined && <p>{step}</p>}
		</div>
	);
}
