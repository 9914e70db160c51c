import { type KeyContext, type Keyring, type KeyringPrincipal, KeyUnavailableError } from './keyring.ts';
import { PLATFORM_FIRM_ID } from './platform.ts';

type KeyringOperation = Exclude<keyof Keyring, 'check'>;

type Right = true | 'granted' | 'rights';

/**
 * What each kind of process may do. `granted`: only while a grant for the firm and class exists. `rights`: only with keys of class RIGHTS.
 */
const RIGHTS: Readonly<Record<KeyringPrincipal, Readonly<Partial<Record<KeyringOperation, Right>>>>> = {
	firm: { describeKey: true, createKey: true, generateDataKey: true, unwrap: true },
	operator: { describeKey: true, unwrap: 'granted' },
	broker: { describeKey: true, unwrap: 'rights', createGrant: true, revokeGrant: true, listGrants: true },
	worker: {
		describeKey: true,
		createKey: true,
		generateDataKey: true,
		unwrap: true,
		rewrap: true,
		wrap: true,
		rotateKey: true,
		disableKey: true,
		enableKey: true,
		scheduleDeletion: true,
		cancelDeletion: true,
		inspectOwnKey: true,
		setNextKey: true,
		rewrapToNext: true,
		switchKey: true,
		releaseKey: true,
	},
	signer: { describeKey: true, generateDataKey: true, unwrap: true, wrap: true },
};

/** Throws REFUSED unless `principal` has the right, perhaps under a condition. */
export function assertKeyringRight(principal: KeyringPrincipal, act: KeyringOperation): Right {
	const right = RIGHTS[principal][act];
	if (right) return right;
	throw new KeyUnavailableError('REFUSED', `The keyring gives a ${principal} process no right to ${act}.`);
}

/**
 * Throws REFUSED unless `principal` may do this with the keys of the class. The firm plane has no key of the platform. The operator plane
 * has the platform's RIGHTS key, and every other key only by a grant. Only the signer has checkpoint keys.
 */
export function assertKeyRight(
	principal: KeyringPrincipal,
	act: 'generateDataKey' | 'unwrap' | 'rewrap' | 'wrap' | 'rewrapToNext',
	{ firm, class: keyClass }: KeyContext,
	isGranted: () => boolean,
): void {
	const right = assertKeyringRight(principal, act);
	const isPlatform = firm === PLATFORM_FIRM_ID;
	const isRights = keyClass === 'RIGHTS';
	const isCheckpoint = keyClass === 'CHECKPOINT';
	const allowed = {
		firm: !isPlatform && !isCheckpoint,
		operator: isPlatform ? isRights : right === 'granted' && !isRights && !isCheckpoint && isGranted(),
		broker: isRights,
		// The worker may rewrap a checkpoint key, because it does not see the key then. No AWS policy can express that: deploy/key-rights.ts.
		worker: act === 'rewrapToNext' ? !isPlatform && !isCheckpoint : !isCheckpoint || act === 'rewrap',
		signer: isPlatform && isCheckpoint,
	}[principal];
	if (!allowed)
		throw new KeyUnavailableError('REFUSED', `No right of a ${principal} process opens this class of this firm.`);
}
