import type { Keyring, KeyringPrincipal } from './keyring.ts';
import { type KeyringHealthEvent, ResilientCalls } from './resilient-calls.ts';

export interface ResilientKeyringOptions {
	readonly side: KeyringPrincipal;
	/** Milliseconds for a call with all its tries; by default it depends on the side. */
	readonly budget?: number;
	readonly onEvent?: (event: KeyringHealthEvent) => void;
	/** From 0 to less than 1; `Math.random` by default. */
	readonly random?: () => number;
}

/**
 * Milliseconds. An operator's call is made while a request holds a lease, for five seconds at most. The broker makes one call after another
 * for the classes of a lease, in a transaction that the database ends after fifteen seconds.
 */
const BUDGETS: Readonly<Record<KeyringPrincipal, number>> = {
	firm: 4_000,
	worker: 4_000,
	operator: 2_000,
	broker: 2_000,
	signer: 4_000,
};

/** Milliseconds for a method without retries. It may make several calls of the service, and the caller can check the result afterwards. */
const TIMEOUT_WITHOUT_RETRIES = 30_000;

/**
 * Wraps an adapter of a key service that may be slow, overloaded or unavailable (README.md, "Trouble"). Every call ends
 * within its time, even without an answer. A call is retried if the service is unavailable or overloaded and a repeated call does no harm.
 * While the service is overloaded, few calls run at once and the firms take turns. Refusals and errors of Firmseal pass unchanged. Each
 * process has one for each side.
 */
export function resilientKeyring(keyring: Keyring, options: ResilientKeyringOptions): Keyring {
	const { side, budget = BUDGETS[side], onEvent = () => {}, random = Math.random } = options;
	const calls = new ResilientCalls({ side, budget, onEvent, random });
	return {
		// These change nothing.
		describeKey: (firm) => calls.withRetries(firm, () => keyring.describeKey(firm)),
		listGrants: (firm) => calls.withRetries(firm, () => keyring.listGrants(firm)),
		check: () => calls.withRetries('', () => keyring.check()),
		unwrap: (context, wrapped, tokens) =>
			calls.withRetries(context.firm, () => keyring.unwrap(context, wrapped, tokens)),
		rewrap: (context, wrapped) => calls.withRetries(context.firm, () => keyring.rewrap(context, wrapped)),
		wrap: (context, plaintext) => calls.withRetries(context.firm, () => keyring.wrap(context, plaintext)),
		inspectOwnKey: (firm, own) => calls.withRetries(firm, () => keyring.inspectOwnKey(firm, own)),
		rewrapToNext: (context, wrapped) => calls.withRetries(context.firm, () => keyring.rewrapToNext(context, wrapped)),
		// Each call makes another key. No one uses a key whose answer was lost.
		generateDataKey: (context) => calls.withRetries(context.firm, () => keyring.generateDataKey(context)),
		// Idempotent by the name of the grant.
		createGrant: (grant) => calls.withRetries(grant.firm, () => keyring.createGrant(grant)),
		revokeGrant: (grant) => calls.withRetries(grant.firm, () => keyring.revokeGrant(grant)),
		// A lost answer may have been a success. A retry would make a second key without a firm, or a second new version.
		createKey: (firm, own) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.createKey(firm, own)),
		setNextKey: (firm, own) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.setNextKey(firm, own)),
		rotateKey: (firm) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.rotateKey(firm)),
		// A retry would be refused because the change is already done, and the refusal would count as one of the firm's key.
		scheduleDeletion: (firm, days) =>
			calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.scheduleDeletion(firm, days)),
		cancelDeletion: (firm) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.cancelDeletion(firm)),
		switchKey: (firm, keyId) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.switchKey(firm, keyId)),
		releaseKey: (firm, side, days) =>
			calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.releaseKey(firm, side, days)),
		// A retry could undo what another person has decided in between.
		disableKey: (firm) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.disableKey(firm)),
		enableKey: (firm) => calls.withTimeout(TIMEOUT_WITHOUT_RETRIES, () => keyring.enableKey(firm)),
	};
}
