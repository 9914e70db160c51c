import type { Person } from './person.ts';

export type { Person };

/** The complete answer to one GraphQL request. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	/** The raw body, for searches. */
	readonly text: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape the query has
	readonly data: any;
	readonly errors: readonly {
		readonly message: string;
		readonly path?: readonly unknown[];
		readonly extensions: { readonly code: string } & Record<string, unknown>;
	}[];
	readonly sealed: readonly { readonly coordinate: string; readonly reason: string; readonly count: number }[];
}

export type Ask = (
	token: Person | null,
	query: string,
	variables?: Readonly<Record<string, unknown>>,
	headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

export const askAt =
	(url: string): Ask =>
	async (token, query, variables, headers = {}) => {
		const response = await fetch(`${url}/graphql`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
			body: JSON.stringify({ query, variables }),
		});
		const text = await response.text();
		const body = JSON.parse(text);
		return {
			status: response.status,
			headers: response.headers,
			text,
			data: body.data,
			errors: body.errors ?? [],
			sealed: body.extensions?.sealed ?? [],
		};
	};

/** Asks again while the answer is RATE_LIMITED: on a slow machine, some of many concurrent requests wait too long for a slot. */
export async function untilAdmitted<A extends Pick<Answer, 'errors'>>(ask: () => Promise<A>): Promise<A> {
	const answer = await ask();
	return answer.errors[0]?.extensions.code === 'RATE_LIMITED' ? untilAdmitted(ask) : answer;
}
