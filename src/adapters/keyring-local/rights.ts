import { type Keyring, KeyUnavailableError } from '../../keys/index.ts';

/** Which kind of process opens the keyring. */
export type LocalPrincipal = 'firm' | 'operator' | 'broker' | 'worker';

type Act = Exclude<keyof Keyring, 'check'>;

/** What each kind of process may do; 'granted': only while a grant for the firm and class exists. */
const RIGHTS: Readonly<Record<LocalPrincipal, Readonly<Partial<Record<Act, true | 'granted'>>>>> = {
	firm: { describeKey: true, createKey: true, generateDataKey: true, unwrap: true },
	operator: { describeKey: true, unwrap: 'granted' },
	broker: { describeKey: true, createGrant: true, revokeGrant: true, listGrants: true },
	worker: {
		describeKey: true,
		createKey: true,
		generateDataKey: true,
		unwrap: true,
		rewrap: true,
		rotateKey: true,
		disableKey: true,
		enableKey: true,
		scheduleDeletion: true,
		cancelDeletion: true,
	},
};

/** Throws REFUSED unless `principal` has the right; 'granted': if a grant says so too. */
export function assertRight(principal: LocalPrincipal, act: Act): true | 'granted' {
	const right = RIGHTS[principal][act];
	if (right) return right;
	throw new KeyUnavailableError('REFUSED', `The keyring gives a ${principal} process no right to ${act}.`);
}
