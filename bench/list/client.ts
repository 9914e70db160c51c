import { Agent, request } from 'node:http';

const QUERY = `query Documents($first: Int!) {
	documents(first: $first) { nodes { id createdAt name description bucket objectKey sha256 } }
}`;

/** A client of one server, on connections that are kept open. */
export interface Client {
	/** Asks for a page of documents; resolves with the body's bytes once the last of them is here. */
	list(first: number): Promise<Buffer>;
	close(): void;
}

export function openClient(url: string, token: string): Client {
	const agent = new Agent({ keepAlive: true });
	return {
		list: (first) =>
			new Promise((resolve, reject) => {
				const body = JSON.stringify({ query: QUERY, variables: { first } });
				const headers = {
					authorization: `Bearer ${token}`,
					'content-type': 'application/json',
					'content-length': Buffer.byteLength(body),
				};
				const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
					const chunks: Buffer[] = [];
					response.on('data', (chunk: Buffer) => chunks.push(chunk));
					response.on('error', reject);
					response.on('end', () => {
						if (response.statusCode === 200) resolve(Buffer.concat(chunks));
						else reject(new Error(`A server answered with status ${response.statusCode}.`));
					});
				});
				sent.on('error', reject);
				sent.end(body);
			}),
		close: () => agent.destroy(),
	};
}
