import { ApolloLink } from '@apollo/client';
import { tap } from 'rxjs';

/** Why the API withheld a field, as in `extensions.sealed`. */
export interface SealedField {
	/** Such as Note.title. */
	readonly coordinate: string;
	readonly reason: string;
	/** Objects on which the field was asked for. */
	readonly count: number;
}

/**
 * Every encrypted value on its way into these pages, and every one out of them, passes this link: before the cache sees an answer, and
 * before a request leaves. Behind it, the workspace's own link (workspace/device/) opens and seals what only the firm's devices can.
 */
export const contentLink = new ApolloLink((operation, forward) => {
	const { onSealed } = operation.getContext() as { onSealed?: (sealed: readonly SealedField[]) => void };
	return forward(operation).pipe(tap(({ extensions }) => onSealed?.(sealedIn(extensions))));
});

const sealedIn = (extensions: Readonly<Record<string, unknown>> | undefined): readonly SealedField[] =>
	Array.isArray(extensions?.sealed) ? extensions.sealed : [];
