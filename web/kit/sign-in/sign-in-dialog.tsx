import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import type { Session } from './session.ts';

/** Shown over any screen while a request waits for the person to sign in again. What they typed stays below it. */
export function SignInDialog({ session }: { readonly session: Session }) {
	const need = useSyncExternalStore(session.subscribe, session.need);
	const [error, setError] = useState<unknown>(null);
	const [isOpen, setOpen] = useState(false);
	const leaving = useRef<AbortController | null>(null);
	useEffect(() => () => leaving.current?.abort(), []);
	if (need === null) return null;

	async function signIn() {
		leaving.current?.abort();
		const attempt = new AbortController();
		leaving.current = attempt;
		setOpen(true);
		setError(null);
		try {
			await session.answerByWindow(attempt.signal);
		} catch (failure) {
			if (!attempt.signal.aborted) setError(failure);
		} finally {
			if (leaving.current === attempt) setOpen(false);
		}
	}

	const isFresh = need.why === 'FRESH';
	const close = () => {
		leaving.current?.abort();
		setError(null);
		session.cancel();
	};
	return (
		<Dialog title={isFresh ? 'Confirm that it is you' : 'Sign in again'} onClose={close}>
			<p>
				{isFresh
					? 'This decision needs a sign-in of the last five minutes. A window opens for it; what you typed here stays.'
					: 'Your sign-in has ended. A window opens for a new one; what you typed here stays.'}
			</p>
			{isOpen && <p role="status">Waiting for the other window … If you closed it, sign in here again.</p>}
			{error !== null && !isOpen && <ErrorNote error={error} />}
			<div className="row">
				<button type="button" className="primary" onClick={signIn}>
					Sign in
				</button>
				<button type="button" onClick={close}>
					Cancel
				</button>
			</div>
		</Dialog>
	);
}
