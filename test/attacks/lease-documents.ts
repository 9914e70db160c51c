import { type LeaseAnswer, leasesOver, wishOf } from '../leases/by-api.ts';
import type { TestFirm } from '../support/installation.ts';
import type { Scene } from './scene.ts';

/** Operations on a lease, with the state that each needs. */
const NEEDED = {
	breakGlassLeases: 'REQUESTED',
	breakGlassLease: 'REQUESTED',
	approveBreakGlass: 'REQUESTED',
	denyBreakGlass: 'REQUESTED',
	cancelBreakGlass: 'REQUESTED',
	activateBreakGlass: 'APPROVED',
	releaseBreakGlass: 'ACTIVE',
	revokeBreakGlass: 'APPROVED',
	reviewBreakGlass: 'CANCELLED',
} as const;

type OfLease = keyof typeof NEEDED;

export const isOfLease = (operation: string): operation is OfLease => Object.hasOwn(NEEDED, operation);

/** Documents for operations on a lease of the scene's operator. Each document gets a new lease in the needed state. */
export function leaseDocuments(scene: Scene) {
	const leases = leasesOver(scene.api.ask);
	let last: LeaseAnswer | null = null;

	/** Ends the last lease, since a person may have at most ten open leases. */
	async function endLast(): Promise<void> {
		if (!last) return;
		await leases.step(scene.approver, 'deny', last.id);
		await leases.step(scene.approver, 'revoke', last.id);
	}

	async function leaseIn(state: (typeof NEEDED)[OfLease], firm: TestFirm): Promise<LeaseAnswer> {
		await endLast();
		const people = { operator: scene.operator, approver: scene.approver, owner: firm.owner };
		const needsYes = state === 'APPROVED' || state === 'ACTIVE';
		last = await (needsYes ? leases.approved(people, firm.id) : leases.requested(scene.operator, firm.id));
		if (state === 'ACTIVE') await leases.step(scene.operator, 'activate', last.id);
		if (state === 'CANCELLED') await leases.step(scene.operator, 'cancel', last.id);
		return last;
	}

	return {
		async documentFor(operation: OfLease, firm: TestFirm): Promise<string> {
			const { id, requestHash } = await leaseIn(NEEDED[operation], firm);
			if (operation === 'breakGlassLeases') return `{ breakGlassLeases(firmId: "${firm.id}") { nodes { id state } } }`;
			if (operation === 'breakGlassLease') return `{ breakGlassLease(id: "${id}") { id state } }`;
			const args = `leaseId: "${id}"${operation === 'approveBreakGlass' ? `, requestHash: "${requestHash}"` : ''}`;
			return `mutation { ${operation}(${args}) { lease { id state } } }`;
		},
		requestDocument: (firm: TestFirm): string => {
			const { purpose, classes, ...texts } = wishOf(firm.id);
			const given = Object.entries(texts).map(([name, text]) => `${name}: ${JSON.stringify(text)}`);
			return `mutation { requestBreakGlass(input: { ${given.join(', ')}, purpose: ${purpose}, classes: [${classes}] }) { lease { id } } }`;
		},
	};
}
