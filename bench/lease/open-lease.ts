import { createLogger } from '../../src/api/index.ts';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import { startBroker } from '../../src/processes/broker.ts';
import type { BenchInstallation } from '../installation.ts';
import { startServerProcess } from '../list/server-process.ts';
import { askOnce, bearer, bodyOf } from '../load/query.ts';
import { addOperators } from '../people.ts';

/** A registered operation of operators, as clients send it. */
export const registered = (name: string): string =>
	readOperationFiles().find((file) => file.name === `${name}.graphql`)?.text ?? '';

export interface BenchLease {
	readonly id: string;
	/** The lease's operator, and an auditor. */
	readonly operator: string;
	readonly auditor: string;
}

const WISH = {
	purpose: 'CUSTOMER_SUPPORT',
	reason: 'The client cannot open the document on the October call.',
	ticket: 'SUP-1042',
	classes: ['DOCUMENT', 'NOTE'],
	minutes: 240,
};

/** Makes operators and an active lease on the firm's documents and notes, as people do: asked for, agreed to by both sides, activated by a broker. */
export async function openLease(installation: BenchInstallation): Promise<BenchLease> {
	const { config, database, settings, firm, ownerToken } = installation;
	const tokens = await addOperators(installation);
	const broker = await startBroker(config, database, createLogger({ level: 'silent' }));
	const server = await startServerProcess('firmseal', { ...settings, FIRMSEAL_PLANE: 'all' });
	try {
		const act = async (token: string, name: string, variables: object) => {
			const answer = await askOnce(server.url, bearer(token), bodyOf(registered(name), variables));
			return Object.values<{ lease: { id: string; state: string; requestHash: string } }>(JSON.parse(answer).data)[0]
				?.lease;
		};
		const asked = await act(tokens.OPERATOR, 'request-break-glass', { input: { firmId: firm, ...WISH } });
		const agreed = { leaseId: asked?.id, requestHash: asked?.requestHash };
		await act(ownerToken, 'approve-break-glass', agreed);
		await act(tokens.APPROVER, 'approve-break-glass', agreed);
		const lease = await act(tokens.OPERATOR, 'activate-break-glass', { leaseId: asked?.id });
		if (lease?.state !== 'ACTIVE') throw new Error(`The lease of the benchmark is ${lease?.state}.`);
		return { id: lease.id, operator: tokens.OPERATOR, auditor: tokens.AUDITOR };
	} finally {
		await server.stop();
		await broker.stop();
	}
}
