import { type LeaseAnswer, leasesOver, type Step } from '../../leases/by-api.ts';
import type { Person, TestFirm } from '../../support/installation.ts';
import type { Scene } from '../scene.ts';
import type { Call } from './input-positions.ts';

/** The platform's people, with the API and the installation. */
export type LeaseScene = Pick<Scene, 'api' | 'operator' | 'approver' | 'installation'>;

const STATE_FOR: Readonly<Record<string, 'REQUESTED' | 'APPROVED' | 'ACTIVE' | 'CANCELLED'>> = {
	activateBreakGlass: 'APPROVED',
	revokeBreakGlass: 'APPROVED',
	releaseBreakGlass: 'ACTIVE',
	reviewBreakGlass: 'CANCELLED',
};

/** Operations that an operator calls instead of an owner. */
const OF_OPERATOR: ReadonlySet<string> = new Set([
	...['request', 'cancel', 'activate', 'release'].map((name) => `${name}BreakGlass`),
	'alerts',
	'jobs',
	'job',
	'acknowledgeAlert',
]);
export const isOfOperator = ({ field }: Pick<Call, 'field'>): boolean => OF_OPERATOR.has(field.name);

/** Leases on a firm, each in the state that an operation needs. The lease of one call ends when the next one is made. */
export function leaseRows({ api, operator, approver, installation }: LeaseScene, firm: TestFirm) {
	const leases = leasesOver(api.ask);
	const people = { operator, approver, owner: firm.owner };
	let last: LeaseAnswer | null = null;

	async function succeed(token: Person, step: Step, id: string): Promise<void> {
		const { errors, text } = await leases.step(token, step, id);
		if (errors.length > 0) throw new Error(`${step} must succeed first: ${text}`);
	}

	/** Stops the broker afterwards: its work on ended leases would disturb tests that compare all rows. */
	async function activate(id: string): Promise<void> {
		const broker = await installation.startBroker();
		await succeed(operator, 'activate', id);
		await broker.stop();
	}

	return {
		/** Ends the leases for and from calls, since a person may have at most ten open leases. */
		async end(): Promise<void> {
			const { data } = await api.ask(
				operator,
				`{ breakGlassLeases(firmId: "${firm.id}", filter: { state: REQUESTED }) { nodes { id } } }`,
			);
			for (const { id } of data.breakGlassLeases.nodes) await succeed(operator, 'cancel', id);
			if (last) await leases.step(approver, 'revoke', last.id);
			last = null;
		},
		async forOperation({ field }: Call): Promise<string> {
			await this.end();
			const state = STATE_FOR[field.name] ?? 'REQUESTED';
			const needsYes = state === 'APPROVED' || state === 'ACTIVE';
			const lease = await (needsYes ? leases.approved(people, firm.id) : leases.requested(operator, firm.id));
			if (state === 'ACTIVE') await activate(lease.id);
			if (state === 'CANCELLED') await succeed(operator, 'cancel', lease.id);
			last = lease;
			return lease.id;
		},
		/** The request hash of the last lease. */
		requestHash: (): string | undefined => last?.requestHash,
		/** An active lease with one read, which no test changes. */
		async kept(note: string): Promise<string> {
			const { id } = await leases.approved(people, firm.id, { minutes: 240 });
			await activate(id);
			const query = 'query ($id: ID!) { note(id: $id) { title } }';
			const { data, text } = await api.ask(operator, query, { id: note }, { 'x-firmseal-lease': id });
			if (!data?.note?.title) throw new Error(`A note must be read under the lease first: ${text}`);
			return id;
		},
	};
}
