import type { KeyringPrincipal } from '../src/keys/index.ts';

export const ROLES = ['firm', 'operator', 'broker', 'worker', 'signer'] as const satisfies readonly KeyringPrincipal[];

/** A role of the stack: one for each kind of process, and one for `init` and `doctor`. */
export type StackRole = KeyringPrincipal | 'setup';

/** The names of the roles, so that a policy can refer to them before they exist. `name` is that of the installation. */
export const roleNames = (name: string): Readonly<Record<StackRole, string>> => ({
	firm: `${name}-firm`,
	operator: `${name}-operator`,
	broker: `${name}-broker`,
	worker: `${name}-worker`,
	signer: `${name}-signer`,
	setup: `${name}-setup`,
});
