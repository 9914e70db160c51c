import { once } from 'node:events';
import { connect } from 'node:net';
import type { Facts } from '../facts.ts';
import { askOnce, bodyOf } from '../load/query.ts';

/** Where requests go, and as whom. */
interface Asked {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** Characters of a note; JSON has six bytes for each. */
const LONG = 131_000;
/** More than the buffers of both ends hold. */
const TIMES_IN_ANSWER = 45;

/** How long a revoke takes while an answer under the lease is on its way to a client that doesn't read. */
export async function measureRevoke(lease: string, member: Asked, owner: Asked, operator: Asked): Promise<Facts> {
	const create = 'mutation ($body: String) { createNote(input: { body: $body }) { note { id } } }';
	const body = '\u0001'.repeat(LONG);
	const { data } = JSON.parse(await askOnce(member.url, member.headers, bodyOf(create, { body })));
	const { id } = data.createNote.note;
	const parts = Array.from({ length: TIMES_IN_ANSWER }, (_, n) => `n${n}: note(id: "${id}") { body }`);
	const socket = await beginToRead(operator, bodyOf(`{ ${parts.join(' ')} }`));
	try {
		const since = performance.now();
		const revoke = bodyOf('mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }', { id: lease });
		await askOnce(owner.url, owner.headers, revoke);
		const value = performance.now() - since;
		return {
			title: 'A revoke',
			facts: [{ what: 'while a client doesn’t read its answer', value, unit: 'ms', target: 5_500 }],
		};
	} finally {
		socket.destroy();
	}
}

/** Sends a request, and reads the beginning of its answer and no more. */
async function beginToRead({ url, headers }: Asked, body: string) {
	const { hostname, port } = new URL(url);
	const socket = connect({ port: Number(port), host: hostname });
	const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map((line) => line.join(': '));
	socket.write(
		[
			'POST /graphql HTTP/1.1',
			`host: ${hostname}`,
			`content-length: ${Buffer.byteLength(body)}`,
			...lines,
			'',
			body,
		].join('\r\n'),
	);
	await once(socket, 'readable');
	return socket;
}
