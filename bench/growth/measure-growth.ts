import { LEASE_HEADER } from '../../src/api/index.ts';
import type { Table } from '../comparison.ts';
import { writeNotes } from '../jobs/write-notes.ts';
import { openLease, registered } from '../lease/open-lease.ts';
import { writeSealedDocuments } from '../list/load-documents.ts';
import { bearer, bodyOf } from '../load/query.ts';
import type { Section, SectionContext } from '../section.ts';
import { withCopies } from './copies.ts';
import { growthOfAnswer, growthOfAppend } from './curve.ts';
import { endedLeases, moreEntries, moreFirms, olderNotes } from './fillings.ts';

const PAGE = 100;
const NOTES = bodyOf(`{ notes(first: ${PAGE}) { nodes { id createdAt body } } }`);
/** Answers of one round. */
const REQUESTS = 8;

/** The same work, while something that it doesn't need grows. */
export const growth: Section = {
	name: 'growth',
	title: 'Growth',
	needsPeers: true,
	steps: () => 5,
	measure: async (given) => ({ tables: await measureGrowth(given), facts: [] }),
};

async function measureGrowth({
	installation,
	scale: { growth: scale },
	signal,
	onStep,
}: SectionContext): Promise<Table[]> {
	const { firm, member, token } = installation;
	const options = { milliseconds: scale.milliseconds, signal };
	await writeNotes(installation, PAGE, signal);
	const ofMember = { headers: bearer(token), body: NOTES, requests: REQUESTS };
	const tables: Table[] = [];
	const add = (...more: readonly Table[]) => {
		for (const table of more) {
			tables.push(table);
			onStep();
		}
	};
	const rows = { name: 'rows', sizes: scale.rows, first: PAGE, fill: olderNotes(firm) };
	const ofRows = { title: `A page of ${PAGE} notes, as the firm has more notes`, of: 'notes' };
	add(await withCopies(installation, rows, (copies) => growthOfAnswer(ofRows, copies, ofMember, options)));
	const firms = { name: 'firms', sizes: scale.firms, first: 1, fill: moreFirms(firm) };
	const ofFirms = { title: `A page of ${PAGE} notes, as there are more firms`, of: 'firms' };
	add(await withCopies(installation, firms, (copies) => growthOfAnswer(ofFirms, copies, ofMember, options)));

	await writeSealedDocuments(installation);
	const lease = await openLease(installation);
	// Nobody keeps the log of the copies, so that nobody waits for it.
	const operated = {
		...installation,
		settings: { ...installation.settings, FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_PROOF: 'off' },
	};
	const ofOperator = {
		headers: { ...bearer(lease.operator), [LEASE_HEADER]: lease.id },
		body: bodyOf(registered('document-descriptions'), { firmId: firm, first: PAGE }),
		requests: REQUESTS,
	};
	const leases = { name: 'leases', sizes: scale.leases, first: 1, fill: endedLeases(lease.id) };
	const ofLeases = { title: `A page of ${PAGE} documents under a lease, as more leases are on record`, of: 'leases' };
	add(await withCopies(operated, leases, (copies) => growthOfAnswer(ofLeases, copies, ofOperator, options)));

	const entries = { name: 'entries', sizes: scale.entries, first: 0, fill: moreEntries(firm, signal) };
	const ofAuditor = {
		headers: bearer(lease.auditor),
		body: bodyOf(registered('audit-entries'), { firmId: firm, first: PAGE }),
		requests: REQUESTS,
	};
	const ofPage = { title: `A page of ${PAGE} entries of the log, as it has more`, of: 'entries' };
	const ofAppend = { title: 'An append with 32 waiting, as the log has more', of: 'entries' };
	await withCopies(operated, entries, async (copies) => {
		add(await growthOfAnswer(ofPage, copies, ofAuditor, options));
		add(await growthOfAppend(ofAppend, copies, member, options));
	});
	return tables;
}
