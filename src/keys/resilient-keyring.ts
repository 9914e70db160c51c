import type { Keyring, KeyringPrincipal } from './keyring.ts';
import { type KeyringHealthEvent, ResilientCalls } from './resilient-calls.ts';

export interface ResilientKeyringOptions {
	/** Whose calls these are. */
	readonly side: KeyringPrincipal;
	/** Milliseconds for a call with all its tries; by the side unless given. */
	readonly budget?: number;
	readonly onEvent?: (event: KeyringHealthEvent) => void;
	/** From 0 to less than 1; `Math.random` unless given. */
	readonly random?: () => number;
}

/**
 * An operator's call is made while a lease is held, five seconds at most. The broker makes one for each class of a lease, one after the
 * other, in a transaction that the database ends after fifteen.
 */
const BUDGETS: Readonly<Record<KeyringPrincipal, number>> = {
	firm: 4_000,
	worker: 4_000,
	operator: 2_000,
	broker: 2_000,
	signer: 4_000,
};

/** What is asked once is several calls of the service, and who waits for it can look at what came of them. */
const ONCE = 30_000;

/**
 * Around an adapter whose keys are kept by a service that may be slow, overloaded or away (README.md, "Trouble"). Every call ends within
 * its time, also one that is never answered. A service that is away or overloaded is asked again, where that does no harm; while it is
 * overloaded, few ask at once and the firms take turns. What it refuses, and errors of ours, pass as they are. One for each process and
 * side.
 */
export function resilientKeyring(keyring: Keyring, options: ResilientKeyringOptions): Keyring {
	const { side, budget = BUDGETS[side], onEvent = () => {}, random = Math.random } = options;
	const calls = new ResilientCalls({ side, budget, onEvent, random });
	return {
		// Questions, and what changes nothing.
		describeKey: (firm) => calls.withRetries(firm, () => keyring.describeKey(firm)),
		listGrants: (firm) => calls.withRetries(firm, () => keyring.listGrants(firm)),
		check: () => calls.withRetries('', () => keyring.check()),
		unwrap: (context, wrapped, tokens) =>
			calls.withRetries(context.firm, () => keyring.unwrap(context, wrapped, tokens)),
		rewrap: (context, wrapped) => calls.withRetries(context.firm, () => keyring.rewrap(context, wrapped)),
		wrap: (context, plaintext) => calls.withRetries(context.firm, () => keyring.wrap(context, plaintext)),
		inspectOwnKey: (firm, own) => calls.withRetries(firm, () => keyring.inspectOwnKey(firm, own)),
		rewrapToNext: (context, wrapped) => calls.withRetries(context.firm, () => keyring.rewrapToNext(context, wrapped)),
		// Another key each time, and one whose answer was lost is no one's.
		generateDataKey: (context) => calls.withRetries(context.firm, () => keyring.generateDataKey(context)),
		// One grant by its name, however often it is made or taken.
		createGrant: (grant) => calls.withRetries(grant.firm, () => keyring.createGrant(grant)),
		revokeGrant: (grant) => calls.withRetries(grant.firm, () => keyring.revokeGrant(grant)),
		// An answer that was lost may have been yes: there would be a second key that no firm has, a second new version, …
		createKey: (firm, own) => calls.withTimeout(ONCE, () => keyring.createKey(firm, own)),
		setNextKey: (firm, own) => calls.withTimeout(ONCE, () => keyring.setNextKey(firm, own)),
		rotateKey: (firm) => calls.withTimeout(ONCE, () => keyring.rotateKey(firm)),
		// … a refusal because it is pending already, or not any more, which all would take for one of the firm's key, …
		scheduleDeletion: (firm, days) => calls.withTimeout(ONCE, () => keyring.scheduleDeletion(firm, days)),
		cancelDeletion: (firm) => calls.withTimeout(ONCE, () => keyring.cancelDeletion(firm)),
		switchKey: (firm, keyId) => calls.withTimeout(ONCE, () => keyring.switchKey(firm, keyId)),
		releaseKey: (firm, side, days) => calls.withTimeout(ONCE, () => keyring.releaseKey(firm, side, days)),
		// … or the undoing of what another person has decided in between.
		disableKey: (firm) => calls.withTimeout(ONCE, () => keyring.disableKey(firm)),
		enableKey: (firm) => calls.withTimeout(ONCE, () => keyring.enableKey(firm)),
	};
}
