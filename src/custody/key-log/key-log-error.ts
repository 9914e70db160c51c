import { codeOfReason, type ErrorCode, FirmsealError } from '../../errors.ts';

/** Every rule of FORMAT.md, sections 4 to 6, by the code of its error. The names are stable: programs switch on them. Sentences are in key-log-sentences.ts. */
const RULES = {
	BAD_USER_INPUT: [
		'length',
		'json',
		'shape',
		'firm',
		'beginning',
		'statement',
		'device-kind',
		'device-again',
		'device-limit',
		'devices-named',
		'last-device',
		'person-unknown',
		'person-known',
		'person-limit',
		'role-same',
		'role-devices',
		'last-owner',
		'holders',
		'class-limit',
		'class-unknown',
		'version',
		'version-unknown',
		'version-newest',
		'custody-step',
		'custody-key',
		'custody-ways',
		'lease-again',
		'agreement-needless',
	],
	CONFLICT: ['order'],
} as const satisfies Partial<Record<ErrorCode, readonly string[]>>;

/** The rules on who may. The code of their errors is FORBIDDEN. */
const FORBIDDEN_RULES = [
	'signer',
	'revoked',
	'signature',
	'recovery',
	'owner',
	'person',
	'entitled',
	'staff',
	'one-owner',
	'agreement',
	'agreement-device',
	'agreement-head',
	'agreement-void',
	'agreement-signature',
	'notice',
	'notice-void',
] as const;

type Rules = typeof RULES;
/** The name of a rule of FORMAT.md, sections 4 to 6. */
export type KeyLogRule = Rules[keyof Rules][number] | (typeof FORBIDDEN_RULES)[number];

/** Every rule, for tests and for documents. */
export const KEY_LOG_RULES = /* @__PURE__ */ Object.values<readonly KeyLogRule[]>({
	...RULES,
	FORBIDDEN: FORBIDDEN_RULES,
}).flat();

/**
 * An entry that breaks a rule. The code is BAD_USER_INPUT for what no device could append now, CONFLICT if another entry was appended
 * first, and FORBIDDEN if the devices that signed may not. A client that meets this in a log that it reads MUST refuse the log. The message
 * names the rule; sentenceOf() has words for people.
 */
export class KeyLogError extends FirmsealError {
	override readonly name = 'KeyLogError';
	readonly rule: KeyLogRule;
	/** That of the entry; null for a text from which it could not be read. */
	readonly seq: number | null;

	constructor(rule: KeyLogRule, seq: number | null) {
		super(
			codeOfReason<KeyLogRule>(RULES, rule),
			`${seq === null ? 'An entry' : `Entry ${seq}`} of the key log breaks the rule ${rule}.`,
		);
		this.rule = rule;
		this.seq = seq;
	}
}
