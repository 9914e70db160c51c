import { KeyLogError } from '../../custody/index.ts';
import { codeOfReason, type ErrorCode, FirmsealError } from '../../errors.ts';

/**
 * Why the vault refuses, by code; FORBIDDEN for the others, of ForbiddenReason. The names are stable: applications switch on them. Their
 * sentences are in vault-sentences.ts.
 */
const REASONS = {
	BAD_USER_INPUT: [
		'device-name',
		'unlock',
		'person-unknown',
		'number-other',
		'proposal',
		'recovery-other',
		'row-to-seal',
		'key-number',
		'joining-input',
		'joining-code',
		'code-typed',
		'recovery-none',
		'checkpoint-key',
		'shares-other',
		'holder-device',
	],
	CIPHERTEXT_INVALID: [
		'kept-changed',
		'kept-gone',
		'kept-older',
		'does-not-unlock',
		'device-file',
		'row-type',
		'row-id',
		'row-firm',
		'row-stamp',
		'row-signature',
		'row-author',
		'row-head',
		'row-generation',
		'row-before',
		'row-older',
		'row-other',
		'row-portal',
		'row-custody',
		'row-thread',
		'value-key',
		'value-version',
		'value-invalid',
		'value-field',
	],
	CONFLICT: ['not-fresh', 'row-changed', 'log-gap', 'joining-order', 'notice-early', 'device-known', 'holders-changed'],
} as const satisfies Partial<Record<ErrorCode, readonly string[]>>;

type ForbiddenReason =
	| 'locked'
	| 'no-log'
	| 'log-known'
	| 'log-other'
	| 'log-forked'
	| 'release-other'
	| 'log-shorter'
	| 'log-refused'
	| 'log-unjoined'
	| 'device-inactive'
	| 'unconfirmed'
	| 'noticed'
	| 'not-entitled'
	| 'platform-custody'
	| 'not-moving'
	| 'key-stale'
	| 'key-missing'
	| 'row-unknown-column'
	| 'row-worn'
	| 'proposal-other'
	| 'code-unconfirmed'
	| 'uncompared';

type Reasons = typeof REASONS;
export type VaultReason = Reasons[keyof Reasons][number] | ForbiddenReason;

/**
 * A refusal of the vault. `reason` is stable. The message is for the person: the sentence of the reason, which worded() puts in as the error
 * leaves the vault.
 */
export class VaultError extends FirmsealError {
	override readonly name = 'VaultError';
	readonly reason: VaultReason;
	/** What exactly an entry of the key log did wrong, and which; null for other reasons. */
	get detail(): string | null {
		return this.cause instanceof KeyLogError ? this.cause.message : null;
	}

	constructor(reason: VaultReason, options?: Pick<ErrorOptions, 'cause'>) {
		super(codeOfReason<VaultReason>(REASONS, reason), reason, options);
		this.reason = reason;
	}
}
