import type { DeviceConnection } from '../../../src/client/connection/connection.ts';
import { type OpenProposal, ProposalSteps, type Support } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { exactJson } from '../../../src/custody/index.ts';
import { ownersOf, ownOf } from './people-of-state.ts';
import type { Loss } from './use-opened.ts';

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

/** The id is the service’s word, and can stand before other content from one moment to the next. */
const contentOf = ({ person, proposal: { kind, body } }: OpenProposal): string => exactJson({ person, kind, body });

/** What has become of a proposal that a person reads; null if it is still what the service lists. */
export function lossOf(read: OpenProposal, listed: readonly OpenProposal[]): Loss | null {
	const now = listed.find(({ id }) => id === read.id);
	if (now === undefined) return 'GONE';
	if (contentOf(now) !== contentOf(read)) return 'CHANGED';
	return now.isAgreed === read.isAgreed ? null : 'MOVED';
}
