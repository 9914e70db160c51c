import { useState } from 'react';
import { failureOf } from '../api/errors.ts';
import { showMoment } from '../text/time.tsx';

interface ErrorNoteProps {
	readonly error: unknown;
	/** Offers to do it again. A failure of that is shown like this one. */
	readonly onRetry?: () => unknown;
}

/** Why something failed, read out at once by a screen reader. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
	const { code, message, retryAfter } = failureOf(error);
	const [shown, setShown] = useState(() => ({ error, since: Date.now() }));
	if (shown.error !== error) setShown({ error, since: Date.now() });
	// The server counts from its answer, not from a later rendering.
	const until = retryAfter === null ? null : shown.since + retryAfter * 1000;
	return (
		<div className="note bad stack tight" role="alert" data-code={code}>
			<p>
				{message}
				{until !== null && ` Try again after ${showMoment(until)}.`}
			</p>
			{onRetry && (
				<div>
					<button
						type="button"
						className="small"
						onClick={() => void Promise.resolve(onRetry()).catch(() => undefined)}
					>
						Try again
					</button>
				</div>
			)}
		</div>
	);
}
