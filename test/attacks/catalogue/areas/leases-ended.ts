import type { Client } from 'pg';
import { expect } from 'vitest';
import { openConnection } from '../../../../src/database/connection.ts';
import { SUPERUSER } from '../../../../src/database/index.ts';
import { leasesOver, type SeenLease } from '../../../leases/by-api.ts';
import { until } from '../../../leases/stage.ts';
import { untilBlocked } from '../../../support/blocked.ts';
import { LOGINS } from '../../../support/installation.ts';
import type { Area, Attack } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { Stage } from '../stage.ts';

const revoke = async ({ api, north }: Stage, lease: string): Promise<SeenLease> =>
	(await leasesOver(api.ask).step(north.owner, 'revoke', lease)).data.revokeBreakGlass.lease;

/** The owner's revoke is done beside what is tried, and afterwards the lease opens nothing. */
const ends = (attack: string, expected: string, beside: (stage: Stage, lease: string) => Promise<unknown>): Attack => ({
	attack,
	expected,
	layer: 'lease',
	async run(stage) {
		const { id } = await stage.lease();
		await beside(stage, id);
		return { answers: [await stage.under(id, `{ note(id: "${stage.ours.ids.note}") { title } }`)] };
	},
});

export const leasesEnded: Area = {
	title: 'Leases that end in spite of something',
	attacks: [
		ends(
			'The operator’s login takes every connection that it can get before the owner revokes',
			'PostgreSQL refuses more than the login’s own (53300); the revoke is done, and then LEASE_NOT_ACTIVE',
			async (stage, lease) => {
				const url = stage.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
				const [{ most } = { most: 0 }] =
					await stage.admin`select rolconnlimit as most from pg_roles where rolname = ${LOGINS.operator}`;
				// The API has its own already.
				expect((await stage.under(lease, `{ note(id: "${stage.ours.ids.note}") { title } }`)).errors).toEqual([]);
				const taken: Client[] = [];
				try {
					let refusal: string | undefined;
					while (refusal === undefined && taken.length <= most)
						await openConnection(url).then(
							(client) => taken.push(client),
							({ code }) => {
								refusal = code;
							},
						);
					expect(refusal).toBe('53300');
					expect((await revoke(stage, lease)).state).toBe('REVOKED');
				} finally {
					await Promise.all(taken.map((client) => client.end()));
				}
			},
		),
		ends(
			'The owner revokes while a page is read, between its rows and the keys to them',
			'LEASE_NOT_ACTIVE: nothing is answered, and nothing on record says that a value was damaged',
			async (stage, lease) => {
				const page = `{ notes(firmId: "${stage.north.id}", first: 5) { nodes { title body } } }`;
				const { reading, revoked } = await stage.admin.begin(async (tx) => {
					await tx`lock table data_keys in access exclusive mode`;
					const reading = stage.under(lease, page);
					await untilBlocked(stage.admin, SUPERUSER);
					const revoked = revoke(stage, lease);
					await until(async () => (await stage.admin`select from lease_ends where lease_id = ${lease}`).length > 0);
					return { reading: [reading], revoked: [revoked] };
				});
				const [told] = await Promise.all(reading);
				expect((await Promise.all(revoked)).map(({ state }) => state)).toEqual(['REVOKED']);
				expect([told?.status, codesOf(told as never)]).toEqual([403, ['LEASE_NOT_ACTIVE']]);
				const entries = await stage.entriesOf(told as never);
				expect(entries.map(({ reason }) => reason)).not.toContain('CIPHERTEXT_INVALID');
				expect(entries.map(({ action }) => action)).not.toContain('content.fail');
			},
		),
	],
};
