import type { FirmPrincipal } from '../../src/access/index.ts';
import { LEASE_HEADER } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase, openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { appendAll } from '../audit/measure-append.ts';
import { withCopies } from '../data/copies.ts';
import { writeDocuments } from '../data/documents.ts';
import type { Settings } from '../data/installation.ts';
import { writeNotes } from '../data/notes.ts';
import { type Load, measureAnswers, startClient } from '../harness/client.ts';
import { compare, type Table } from '../harness/comparison.ts';
import { bodyOf } from '../harness/query.ts';
import { measureRounds, type RoundsOptions, type TimedSide, type Times } from '../harness/rounds.ts';
import type { Section, SectionContext } from '../harness/section.ts';
import { openLease, registered } from '../lease/open-lease.ts';
import { startServers } from '../servers/start-servers.ts';
import { endedLeases, moreEntries, moreFirms, olderNotes } from './fillings.ts';

const PAGE = 100;
const NOTES = bodyOf(`{ notes(first: ${PAGE}) { nodes { id createdAt body } } }`);
/** Answers of one round. */
const REQUESTS = 8;
/** Milliseconds for each size before the first round. */
const WARM_UP = 250;
const WAITERS = 32;
/** Entries of each waiter in one round. */
const ENTRIES = 50;
/** The largest size may take a tenth more than the smallest. */
const TARGET = 1.1;

/** The same work while data grows that the work does not need. */
export const growth: Section = {
	name: 'growth',
	title: 'Growth',
	needsPeers: true,
	steps: () => 5,
	measure: async (context) => ({ tables: await measureGrowth(context), facts: [] }),
};

type Copies = ReadonlyMap<number, Settings>;

async function measureGrowth(context: SectionContext): Promise<Table[]> {
	const { installation, scale, signal, onStep } = context;
	const { firm, member, headers } = installation;
	const { milliseconds, ...sizes } = scale.growth;
	const options = { milliseconds, signal };
	const tables: Table[] = [];
	const add = (title: string, of: string, times: Times<string>) => {
		tables.push(curveOf(title, of, times));
		onStep();
	};
	const load = { connections: 1, requests: REQUESTS };

	// First: approvals need a sign-in of the last five minutes, and the tokens are those of the installation's start.
	const lease = await openLease(installation);
	await writeDocuments(installation);
	await writeNotes(installation, PAGE, signal);
	const notes = { name: 'notes', sizes: sizes.rows, first: PAGE, fill: olderNotes(firm) };
	await withCopies(installation, notes, async (copies) => {
		const times = await measurePages(copies, { ...load, headers, body: NOTES }, options);
		add(`A page of ${PAGE} notes, as the firm has more notes`, 'notes', times);
	});
	const firms = { name: 'firms', sizes: sizes.firms, first: 1, fill: moreFirms(firm) };
	await withCopies(installation, firms, async (copies) => {
		const times = await measurePages(copies, { ...load, headers, body: NOTES }, options);
		add(`A page of ${PAGE} notes, as there are more firms`, 'firms', times);
	});

	// No worker publishes the logs of the copies, so no answer may wait for a proof.
	const settings = { ...installation.settings, FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_PROOF: 'off' };
	const operators = { ...installation, settings };
	const pageOf = (operation: string) => bodyOf(registered(operation), { firmId: firm, first: PAGE });
	const leases = { name: 'leases', sizes: sizes.leases, first: 1, fill: endedLeases(lease.id) };
	await withCopies(operators, leases, async (copies) => {
		const operator = { headers: { ...lease.operator, [LEASE_HEADER]: lease.id } };
		const times = await measurePages(copies, { ...load, ...operator, body: pageOf('document-descriptions') }, options);
		add(`A page of ${PAGE} documents under a lease, as more leases are on record`, 'leases', times);
	});
	const entries = { name: 'entries', sizes: sizes.entries, first: 0, fill: moreEntries(firm, signal) };
	await withCopies(operators, entries, async (copies) => {
		const auditor = { headers: lease.auditor };
		const times = await measurePages(copies, { ...load, ...auditor, body: pageOf('audit-entries') }, options);
		add(`A page of ${PAGE} entries of the log, as it has more`, 'entries', times);
		add('An append with 32 waiting, as the log has more', 'entries', await measureAppends(copies, member, options));
	});
	return tables;
}

/** The same request to a server on each of the copies. */
async function measurePages(copies: Copies, load: Omit<Load, 'url'>, options: RoundsOptions): Promise<Times<string>> {
	await using open = new AsyncDisposableStack();
	const client = open.use(startClient(options.signal));
	const urls = await startServers(open, Object.fromEntries(copies));
	const loads = Object.fromEntries(Object.entries(urls).map(([size, url]) => [size, { ...load, url }]));
	return (await measureAnswers(client, loads, { ...options, warmUp: WARM_UP })).times;
}

/** Appends to the log of each of the copies. */
async function measureAppends(copies: Copies, member: FirmPrincipal, options: RoundsOptions): Promise<Times<string>> {
	await using open = new AsyncDisposableStack();
	const sides: Record<string, TimedSide> = {};
	for (const [size, settings] of copies) {
		const database = await openDatabase(readConfig(settings));
		const plane = open.adopt(openPlaneOf(database, 'firmseal_firm', 1), (each) => each.close());
		const log = open.adopt(openLog(plane), (each) => each.close());
		sides[size] = () => appendAll(log, member, WAITERS, ENTRIES);
		await sides[size]();
	}
	return await measureRounds(sides, options);
}

/** Compares each size with the smallest. Sizes are the names of the times, in ascending order. */
function curveOf(title: string, of: string, times: Times<string>): Table {
	const [from = 0, ...sizes] = Object.keys(times).map(Number);
	return {
		title,
		base: `at ${from.toLocaleString('en-US')}`,
		compared: 'at so many',
		growth: { of, from },
		comparisons: sizes.map((at) => ({
			...compare(`${at.toLocaleString('en-US')} ${of}`, times, { base: `${from}`, compared: `${at}`, target: TARGET }),
			at,
		})),
	};
}
