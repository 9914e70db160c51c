import { failureOf } from '../api/errors.ts';

interface ErrorNoteProps {
	readonly error: unknown;
	/** Offers to do it again. */
	readonly onRetry?: () => void;
}

/** Why something failed, read out at once by a screen reader. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
	const { code, message } = failureOf(error);
	return (
		<div className="note bad stack tight" role="alert" data-code={code}>
			<p>{message}</p>
			{onRetry && (
				<div>
					<button type="button" className="small" onClick={onRetry}>
						Try again
					</button>
				</div>
			)}
		</div>
	);
}
