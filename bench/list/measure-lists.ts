import { DOCUMENTS } from '../data/documents.ts';
import { askOnce, bodyOf, type Headers } from '../harness/query.ts';
import type { Section } from '../harness/section.ts';
import { counted, measureServers, type ServerLoad } from './measure-servers.ts';

const QUERY = `query Documents($first: Int!) {
	documents(first: $first) { nodes { id createdAt name description bucket objectKey sha256 } }
}`;

const load = (
	documents: number,
	connections: number,
	requests: number,
	targets: ServerLoad['targets'],
): ServerLoad => ({
	what: `${counted(documents, 'document')}, ${counted(connections, 'connection')}`,
	body: bodyOf(QUERY, { first: documents }),
	connections,
	requests,
	targets,
});

const LOADS = [
	load(1, 1, 40, { plain: 1.1 }),
	load(10, 1, 30, { plain: 1.7 }),
	load(100, 1, 15, { plain: 1.9, cloak: 1 / 3 }),
	load(1_000, 1, 4, { plain: 2.0, cloak: 1 / 3 }),
	// Throughput targets of 0.75 and 0.95, as times.
	load(1, 8, 160, { unrecorded: 1 / 0.75 }),
	load(1, 64, 384, { unrecorded: 1 / 0.95 }),
];

/** Lists of documents over HTTP, from the production server and from servers that differ in one part. */
export const lists: Section = {
	name: 'lists',
	title: 'Lists',
	needsPeers: true,
	steps: () => LOADS.length,
	measure: (context) => measureServers('A list', 'opens', LOADS, assertSameAnswers, context),
};

async function assertSameAnswers(urls: readonly string[], headers: Headers): Promise<void> {
	const body = bodyOf(QUERY, { first: DOCUMENTS });
	const answers = await Promise.all(urls.map((url) => askOnce(url, headers, body)));
	const [first = ''] = answers;
	const nodes: readonly object[] = JSON.parse(first).data?.documents.nodes ?? [];
	const isWhole = nodes.length === DOCUMENTS && nodes.every((node) => !Object.values(node).includes(null));
	if (!isWhole) throw new Error('A server does not answer every field of every document.');
	if (!answers.every((answer) => first === answer)) throw new Error('The servers give different answers.');
}
