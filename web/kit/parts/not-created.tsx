import { failureOf, IS_TAKEN } from '../api/errors.ts';
import { ErrorNote } from './error-note.tsx';

interface NotCreatedProps {
	readonly error: unknown;
	/** Such as note. */
	readonly noun: string;
	/** The address of what an earlier attempt has created; without it, that is on the same screen. */
	readonly href?: string;
}

/** Why a form did not create what stands in it. */
export const NotCreated = ({ error, noun, href }: NotCreatedProps) =>
	IS_TAKEN.test(failureOf(error).message) ? (
		<p className="note warn" role="alert">
			An earlier attempt was saved after all, with what you had typed then: see{' '}
			{href === undefined ? `the last ${noun}` : <a href={href}>that {noun}</a>}. Save again to make another {noun} of
			what stands here now.
		</p>
	) : (
		<ErrorNote error={error} />
	);
