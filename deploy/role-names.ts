import type { KeyringPrincipal } from '../src/keys/index.ts';

export const ROLES = ['firm', 'operator', 'broker', 'worker', 'signer'] as const satisfies readonly KeyringPrincipal[];

/** A role of the stack: those of the processes, and that of whoever runs `init` and `doctor`. */
export type StackRole = KeyringPrincipal | 'setup';

/** What the roles are called, so that a policy can name them before they are made. `name`: of the installation. */
export const roleNames = (name: string): Readonly<Record<StackRole, string>> => ({
	firm: `${name}-firm`,
	operator: `${name}-operator`,
	broker: `${name}-broker`,
	worker: `${name}-worker`,
	signer: `${name}-signer`,
	setup: `${name}-setup`,
});
