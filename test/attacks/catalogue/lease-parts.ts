import { expect } from 'vitest';
import { KeyUnavailableError } from '../../../src/keys/index.ts';
import { type LeaseAnswer, leasesOver } from '../../leases/by-api.ts';
import type { Attack } from './attack.ts';
import type { AttackAnswer, Stage } from './stage.ts';

/** Runs SQL with the operator's login, in a transaction of the break-glass role. `lease` may be empty. */
export const breaking = (stage: Stage, lease: string, statement: string) =>
	stage.sql('operator', { firm: stage.north.id }, async (tx) => {
		await tx`select set_config('role', 'firmseal_break_glass', true), set_config('firmseal.lease', ${lease}, true)`;
		return tx.unsafe(statement);
	});

/** A lease request of the operator that waits for approval. */
export const requested = ({ api, operator, north }: Stage): Promise<LeaseAnswer> =>
	leasesOver(api.ask).requested(operator, north.id);

/** The reason why the keyring refused, or `done` if it didn't. */
export async function reasonOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return 'done';
	} catch (error) {
		return error instanceof KeyUnavailableError ? error.reason : String(error);
	}
}

/** Operations on a lease by a person who may not call them, or not with these arguments. */
export const step = (
	attack: string,
	expected: string,
	layer: 'rights' | 'writes' | 'arguments',
	of: (stage: Stage) => Promise<AttackAnswer[]>,
): Attack => ({
	attack,
	expected,
	layer,
	run: async (stage) => ({ answers: await of(stage) }),
});

export const mutation = (name: string, args: string) => `mutation { ${name}BreakGlass(${args}) { lease { state } } }`;

/** Sets north’s access policy, as its owner. */
export const setPolicy = async ({ ask, north }: Stage, policy: string) => {
	const set = `mutation { setFirmAccessPolicy(input: { policy: ${policy}, approvers: 1 }) { firm { id } } }`;
	expect((await ask(north.owner, set)).errors).toEqual([]);
};
