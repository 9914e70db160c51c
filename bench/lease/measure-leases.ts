import { once } from 'node:events';
import { connect } from 'node:net';
import { LEASE_HEADER } from '../../src/api/index.ts';
import { writeDocuments } from '../data/documents.ts';
import { type Answers, compareAnswers, measureAnswers, startClient } from '../harness/client.ts';
import { tableOf } from '../harness/comparison.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { askOnce, bodyOf, type Headers } from '../harness/query.ts';
import type { Measured, Section, SectionContext } from '../harness/section.ts';
import { counted } from '../list/measure-servers.ts';
import { withRunningLog } from '../running-log.ts';
import { startServers } from '../servers/start-servers.ts';
import { openLease, registered } from './open-lease.ts';

/** Documents of a page, and the number of answers per round. */
const PAGES = [
	{ documents: 1, requests: 20 },
	{ documents: 100, requests: 8 },
	{ documents: 1_000, requests: 2 },
] as const;
/** Answers per round that each wait until the log is published. */
const PROVEN_REQUESTS = 1;

/** What an operator reads under a lease, compared with the same read by a member of the firm. */
export const leases: Section = {
	name: 'leases',
	title: 'Leases',
	needsPeers: true,
	steps: () => PAGES.length + 1,
	measure: measureLeases,
};

/** Without or with waiting until the log is published. */
type Side = 'member' | 'unproven' | 'proven';

async function measureLeases({ installation, scale, signal, onStep }: SectionContext): Promise<Measured> {
	const { settings, ownerHeaders, headers, firm } = installation;
	await writeDocuments(installation);
	const lease = await openLease(installation);
	await using open = new AsyncDisposableStack();
	const client = open.use(startClient(signal));
	const urls = await startServers(open, {
		member: settings,
		unproven: { ...settings, FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_PROOF: 'off' },
		proven: { ...settings, FIRMSEAL_PLANE: 'operator' },
	});
	const operator = { ...lease.operator, [LEASE_HEADER]: lease.id };
	const member = { url: urls.member, headers };
	const unproven = { url: urls.unproven, headers: operator };
	const proven = { url: urls.proven, headers: operator };
	const pageOf = (documents: number) => bodyOf(registered('document-descriptions'), { firmId: firm, first: documents });
	return await withRunningLog(installation, async () => {
		for (const recipient of [member, unproven, proven]) await assertOpened(recipient, pageOf(1));
		const measured: { readonly what: string; readonly answers: Answers<Side> }[] = [];
		for (const { documents, requests } of PAGES) {
			const load = { body: pageOf(documents), connections: 1, requests };
			const sides = {
				member: { ...load, ...member },
				unproven: { ...load, ...unproven },
				proven: { ...load, ...proven, requests: PROVEN_REQUESTS },
			};
			const answers = await measureAnswers(client, sides, { milliseconds: scale.list / 2, signal });
			measured.push({ what: counted(documents, 'document'), answers });
			onStep();
		}
		const table = (title: string, compared: Side) => {
			const lines = measured.map(({ what, answers }) => compareAnswers(what, answers, { base: 'member', compared }));
			return tableOf(title, 'member’s read', 'under a lease', lines);
		};
		const owner = { ...member, headers: ownerHeaders };
		const revoke = await measureRevoke(lease.id, { member, owner, operator: unproven });
		onStep();
		return {
			tables: [
				table('A read under a lease', 'unproven'),
				table('A read under a lease, which waits until the log is published', 'proven'),
			],
			facts: [revoke],
		};
	});
}

/** A closed value would be read too fast. */
async function assertOpened({ url, headers }: Recipient, body: string): Promise<void> {
	const { data, extensions } = JSON.parse(await askOnce(url, headers, body));
	if (typeof data.documents.nodes[0]?.description !== 'string')
		throw new Error(`A server did not open a document of the benchmark: ${JSON.stringify(extensions)}`);
}

/** A server, and the headers of the person who sends requests to it. */
interface Recipient {
	readonly url: string;
	readonly headers: Headers;
}

/** Characters of a note. JSON needs six bytes for each. */
const LENGTH = 131_000;
/** How often the answer contains the note: more than the buffers of both ends hold. */
const REPEATS = 45;

/** How long a revoke takes while the server sends an answer under the lease to a client that does not read. */
async function measureRevoke(
	lease: string,
	{ member, owner, operator }: Readonly<Record<'member' | 'owner' | 'operator', Recipient>>,
): Promise<Facts> {
	const create = 'mutation ($body: String) { createNote(input: { body: $body }) { note { id } } }';
	const body = bodyOf(create, { body: '\u0001'.repeat(LENGTH) });
	const { id } = JSON.parse(await askOnce(member.url, member.headers, body)).data.createNote.note;
	const parts = Array.from({ length: REPEATS }, (_, n) => `n${n}: note(id: "${id}") { body }`);
	const socket = await readStartOfAnswer(operator, bodyOf(`{ ${parts.join(' ')} }`));
	try {
		const since = performance.now();
		const revoke = bodyOf('mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }', { id: lease });
		await askOnce(owner.url, owner.headers, revoke);
		const milliseconds = performance.now() - since;
		return { title: 'A revoke', facts: [fact('while a client doesn’t read its answer', milliseconds, 'ms', 5_500)] };
	} finally {
		socket.destroy();
	}
}

/** Sends a request and reads only the start of the answer. */
async function readStartOfAnswer({ url, headers }: Recipient, body: string) {
	const { hostname, port } = new URL(url);
	const socket = connect({ port: Number(port), host: hostname });
	const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map((line) => line.join(': '));
	const head = ['POST /graphql HTTP/1.1', `host: ${hostname}`, `content-length: ${Buffer.byteLength(body)}`, ...lines];
	socket.write([...head, '', body].join('\r\n'));
	await once(socket, 'readable');
	return socket;
}
