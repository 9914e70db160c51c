/** A GraphQL request as its body has it. */
export const bodyOf = (query: string, variables: object = {}): string => JSON.stringify({ query, variables });

export const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });

/** One answer, which is not timed. @throws Error unless it has status 200, data and no error. */
export async function askOnce(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
	const answer = await fetch(`${url}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
	});
	const text = await answer.text();
	if (answer.status !== 200 || !text.startsWith('{"data":{'))
		throw new Error(`A server answered with status ${answer.status}: ${text.slice(0, 200)}`);
	return text;
}
