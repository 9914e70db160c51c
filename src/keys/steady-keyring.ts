import type { Keyring, KeyringPrincipal } from './keyring.ts';
import { createSteadyCalls, type KeyringTrouble } from './steady-calls.ts';

export interface SteadyKeyringOptions {
	/** Whose calls these are. */
	readonly side: KeyringPrincipal;
	/** Milliseconds for a call with all its tries; by the side unless given. */
	readonly budget?: number;
	readonly onEvent?: (event: KeyringTrouble) => void;
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

/** What is asked once is several calls of the service, and whoever waits for it can look at what came of them. */
const ONCE = 30_000;

/**
 * Around an adapter whose keys are kept by a service that may be slow, overloaded or away (README.md, "Trouble"). Every call ends within
 * its time, also one that is never answered. A service that is away or overloaded is asked again, where that does no harm; while it is
 * overloaded, few ask at once and the firms take turns. What it refuses, and errors of ours, pass as they are. One for each process and
 * side.
 */
export function steadyKeyring(keyring: Keyring, options: SteadyKeyringOptions): Keyring {
	const { side, budget = BUDGETS[side], onEvent = () => {}, random = Math.random } = options;
	const { again, once } = createSteadyCalls({ side, budget, onEvent, random });
	return {
		// Questions, and what changes nothing.
		describeKey: (firm) => again(firm, () => keyring.describeKey(firm)),
		listGrants: (firm) => again(firm, () => keyring.listGrants(firm)),
		check: () => again('', () => keyring.check()),
		unwrap: (context, wrapped, tokens) => again(context.firm, () => keyring.unwrap(context, wrapped, tokens)),
		rewrap: (context, wrapped) => again(context.firm, () => keyring.rewrap(context, wrapped)),
		wrap: (context, plaintext) => again(context.firm, () => keyring.wrap(context, plaintext)),
		inspectOwnKey: (firm, own) => again(firm, () => keyring.inspectOwnKey(firm, own)),
		rewrapToNext: (context, wrapped) => again(context.firm, () => keyring.rewrapToNext(context, wrapped)),
		// Another key each time, and one whose answer was lost is nobody's.
		generateDataKey: (context) => again(context.firm, () => keyring.generateDataKey(context)),
		// One grant by its name, however often it is made or taken.
		createGrant: (grant) => again(grant.firm, () => keyring.createGrant(grant)),
		revokeGrant: (grant) => again(grant.firm, () => keyring.revokeGrant(grant)),
		// An answer that was lost may have been yes: there would be a second key that no firm has, a second new version, …
		createKey: (firm, own) => once(ONCE, () => keyring.createKey(firm, own)),
		nameNextKey: (firm, own) => once(ONCE, () => keyring.nameNextKey(firm, own)),
		rotateKey: (firm) => once(ONCE, () => keyring.rotateKey(firm)),
		// … a refusal because it is pending already, or not any more, which all would take for one of the firm's key, …
		scheduleDeletion: (firm, days) => once(ONCE, () => keyring.scheduleDeletion(firm, days)),
		cancelDeletion: (firm) => once(ONCE, () => keyring.cancelDeletion(firm)),
		switchKey: (firm, keyId) => once(ONCE, () => keyring.switchKey(firm, keyId)),
		letGoKey: (firm, side, days) => once(ONCE, () => keyring.letGoKey(firm, side, days)),
		// … or the undoing of what somebody else has decided in between.
		disableKey: (firm) => once(ONCE, () => keyring.disableKey(firm)),
		enableKey: (firm) => once(ONCE, () => keyring.enableKey(firm)),
	};
}
