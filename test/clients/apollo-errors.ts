import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';

/** The codes of an error, from GraphQL or from HTTP alone. Empty if the API did not send the error. */
export function codesOf(error: unknown): string[] {
	if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ extensions }) => String(extensions?.code));
	if (ServerError.is(error) && error.response.headers.get('content-type')?.startsWith('application/problem+json'))
		return [JSON.parse(error.bodyText).code];
	return [];
}

/** Tells how many seconds to wait before the next request, if an error says so. */
export const recordWait = (onWait: (seconds: number) => void): ErrorLink =>
	new ErrorLink(({ operation }) => {
		const response: Response | undefined = operation.getContext().response;
		const seconds = response?.headers.get('retry-after');
		if (seconds) onWait(Number(seconds));
	});
