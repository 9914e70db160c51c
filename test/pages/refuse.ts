import type { Page, Route } from 'playwright-core';

/** What the API sends without data: src/api/errors. */
export const refusal = (status: number, code: string, message: string, headers: Readonly<Record<string, string>>) => ({
	status,
	contentType: 'application/graphql-response+json; charset=utf-8',
	headers,
	body: JSON.stringify({ errors: [{ message, extensions: { code } }], ...(status === 503 && { data: null }) }),
});

export const TOO_MANY = 'The limit is 600 requests a minute: wait, then send fewer.';

export type Answer = Parameters<Route['fulfill']>[0] | 'BLOCKED';

/** Answers the next requests of this operation one by one, and then lets the server answer. Returns what was sent. */
export async function answer(page: Page, operation: string, answers: readonly Answer[]): Promise<string[]> {
	const sent: string[] = [];
	await page.route('**/graphql', async (route) => {
		const body = route.request().postData() ?? '{}';
		if (JSON.parse(body).operationName !== operation) return route.fallback();
		const next = answers[sent.length];
		sent.push(body);
		if (next === undefined) return route.fallback();
		// A browser hides an answer that does not allow the page's origin, and says no more than that there was none.
		return next === 'BLOCKED' ? route.abort('accessdenied') : route.fulfill(next);
	});
	return sent;
}
