import type { DeviceConnection } from '../../../src/client/connection/connection.ts';
import { ProposalSteps, type Support } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ownersOf, ownOf } from './people-of-state.ts';

/** Hours after which a decision that was announced counts. */
export const NOTICE_HOURS = 72;

/** The kinds of support that the firm has, the quickest first. */
export function supportsOf(state: VaultState): readonly Support['by'][] {
	if (ownersOf(state).length > 1) return ['SECOND_OWNER'];
	return ownOf(state)?.recovery.includes('CODE') ? ['CODE', 'NOTICE'] : ['NOTICE'];
}

const known = new WeakMap<DeviceConnection, ProposalSteps>();

/** The same for a connection each time: it keeps the shares of a recovery key until another owner has agreed. */
export function proposalsOf(connection: DeviceConnection): ProposalSteps {
	const steps = known.get(connection) ?? new ProposalSteps(connection);
	known.set(connection, steps);
	return steps;
}
