import { createLogger } from '../../src/api/index.ts';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import { startBroker } from '../../src/processes/broker.ts';
import type { BenchInstallation } from '../data/installation.ts';
import { addOperators } from '../data/people.ts';
import { askOnce, bodyOf, type Headers } from '../harness/query.ts';
import { startServers } from '../servers/start-servers.ts';

/** The text of a registered operation. */
export const registered = (name: string): string =>
	readOperationFiles().find((file) => file.name === `${name}.graphql`)?.text ?? '';

export interface BenchLease {
	readonly id: string;
	/** Headers of requests by the operator of the lease, and by an auditor. */
	readonly operator: Headers;
	readonly auditor: Headers;
}

const REQUEST = {
	purpose: 'CUSTOMER_SUPPORT',
	reason: 'The client cannot open the document on the October call.',
	ticket: 'SUP-1042',
	classes: ['DOCUMENT', 'NOTE'],
	minutes: 240,
};

/** Adds operators and a lease on the firm's documents and notes: requested, approved by both sides, and activated by a broker. */
export async function openLease(installation: BenchInstallation): Promise<BenchLease> {
	const { config, database, settings, firm, ownerHeaders } = installation;
	const operators = await addOperators(installation);
	await using open = new AsyncDisposableStack();
	const logger = createLogger({ level: 'silent' });
	open.adopt(await startBroker(config, database, logger), (broker) => broker.stop());
	const { server } = await startServers(open, { server: { ...settings, FIRMSEAL_PLANE: 'all' } });
	const act = async (who: Headers, name: string, variables: object) => {
		const answer = await askOnce(server, who, bodyOf(registered(name), variables));
		const [result] = Object.values<{ lease: { id: string; state: string; requestHash: string } }>(
			JSON.parse(answer).data,
		);
		if (!result) throw new Error(`The operation ${name} of the benchmark has no result.`);
		return result.lease;
	};
	const input = { firmId: firm, ...REQUEST };
	const { id: leaseId, requestHash } = await act(operators.OPERATOR, 'request-break-glass', { input });
	await act(ownerHeaders, 'approve-break-glass', { leaseId, requestHash });
	await act(operators.APPROVER, 'approve-break-glass', { leaseId, requestHash });
	const { state } = await act(operators.OPERATOR, 'activate-break-glass', { leaseId });
	if (state !== 'ACTIVE') throw new Error(`The lease of the benchmark is ${state}.`);
	return { id: leaseId, operator: operators.OPERATOR, auditor: operators.AUDITOR };
}
