export type Headers = Readonly<Record<string, string>>;

/** The body of a GraphQL request. */
export const bodyOf = (query: string, variables: object = {}): string => JSON.stringify({ query, variables });

/** The body of a request for one note, with its content. */
export const ONE_NOTE = bodyOf('{ notes(first: 1) { nodes { id title body } } }');

export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** The text of one answer, without measuring it. @throws Error unless the answer has status 200, data and no error */
export async function askOnce(url: string, headers: Headers, body: string): Promise<string> {
	const answer = await fetch(`${url}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
	});
	const text = await answer.text();
	if (answer.status !== 200 || !text.startsWith('{"data":{'))
		throw new Error(`A server answered with status ${answer.status}: ${text.slice(0, 500)}`);
	return text;
}
