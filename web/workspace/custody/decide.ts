import type { DeviceConnection } from '../../../src/client/connection/connection.ts';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { ownersOf, ownOf } from './people-of-state.ts';

export type Proposal = Awaited<ReturnType<VaultOperations['propose']>>;

/** Who or what stands beside the signature of the owner who decides. */
export type Support = { readonly by: 'SECOND_OWNER' | 'NOTICE' } | { readonly by: 'CODE'; readonly code: string };

/** What became of a decision. */
export type Outcome = 'DONE' | 'WAITS';

/** Hours after which a decision that was announced counts. */
export const NOTICE_HOURS = 72;

/** The kinds of support that the firm has, the quickest first. */
export function supportsOf(state: VaultState): readonly Support['by'][] {
	if (ownersOf(state).length > 1) return ['SECOND_OWNER'];
	return ownOf(state)?.recovery.includes('CODE') ? ['CODE', 'NOTICE'] : ['NOTICE'];
}

/** Makes a decision, or sends it to where it waits. What needs no support is done at once. */
export async function decide(
	connection: DeviceConnection,
	make: (vault: VaultOperations) => Promise<Proposal>,
	support: Support,
): Promise<Outcome> {
	const { vault } = connection.parts;
	await connection.refresh();
	const proposal = await make(vault);
	if (!proposal.needsAgreement) {
		await connection.append(() => vault.complete({ proposal, approval: null }));
		return 'DONE';
	}
	if (support.by === 'CODE') {
		await connection.append(() => vault.complete({ proposal, approval: { recoveryCode: support.code } }));
		return 'DONE';
	}
	await connection.append(() => vault.announce(proposal));
	return 'WAITS';
}
