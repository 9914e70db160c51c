import { expect } from 'vitest';
import { activationStatement } from '../../../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../../../src/keys/index.ts';
import { hexOf } from '../../../../src/leases/index.ts';
import { unguarded } from '../../../leases/forgeries.ts';
import { type LockCase, readCase } from '../case.ts';
import type { Lock } from '../removals.ts';
import type { LockStage } from '../stage.ts';
import { ownTitle } from './inactive-leases.ts';

const GATES: readonly Lock[] = ['resolver', 'database functions', 'row policies'];

/** Milliseconds by which the clocks of two processors may differ. */
const SKEW = 20;

/** Times of a lease that ends in `milliseconds` (negative: has ended), and their MAC in hex as the broker makes it. */
export async function activationEndingIn(stage: LockStage, lease: string, milliseconds: number) {
	const { firmId: firm, minutes, requestHash } = await stage.find(lease);
	const expiresAt = new Date(Date.now() + milliseconds);
	const activatedAt = new Date(expiresAt.getTime() - minutes * 60_000);
	const statement = activationStatement({ lease, firm, requestHash: hexOf(requestHash), activatedAt, expiresAt });
	return { activatedAt, expiresAt, mac: hexOf(await stage.prove(PLATFORM_FIRM_ID, statement)) };
}

/** Makes a lease of one minute that ends in `milliseconds`. */
async function endingIn(stage: LockStage, milliseconds: number) {
	const lease = await stage.active({ minutes: 1 });
	const { activatedAt, expiresAt, mac } = await activationEndingIn(stage, lease, milliseconds);
	await unguarded(
		stage,
		'leases',
		`update leases set activated_at = $2::timestamptz, expires_at = $3::timestamptz, activation_mac = decode($4, 'hex')
			where id = $1`,
		[lease, activatedAt.toISOString(), expiresAt.toISOString(), mac],
	);
	return { lease, expiresAt: expiresAt.getTime() };
}

/** Four senders, each with one request after the other, until each has sent one after the lease's end. */
async function streamAcrossEnd(stage: LockStage, milliseconds: number) {
	const { lease, expiresAt } = await endingIn(stage, milliseconds);
	const read = ownTitle(stage, lease);
	const sent: { readonly begun: number; readonly isTold: boolean; readonly code: string | undefined }[] = [];
	const sender = async () => {
		for (let begun = 0; begun < expiresAt + SKEW; ) {
			begun = Date.now();
			const { text, errors } = await read.send();
			sent.push({ begun, isTold: text.includes(read.target), code: errors[0]?.extensions.code });
		}
	};
	await Promise.all([sender(), sender(), sender(), sender()]);
	return { lease, expiresAt, sent };
}

export const expiry: LockCase = {
	attack: 'A lease one millisecond before its end, at its end, and one after; and a stream of requests across the end',
	expected: 'Every answered request began before the end; later ones get LEASE_NOT_ACTIVE',
	gates: GATES,
	async run(stage) {
		const [row] = await stage.installation.admin`
			select array_agg(is_lease_open('ACTIVE', e - interval '1 minute', e, e + n * interval '1 millisecond') order by n) as open
			from (select clock_timestamp() as e) t, generate_series(-1, 1) n`;
		expect(row?.open).toEqual([true, false, false]);

		let ending = await streamAcrossEnd(stage, 1_500);
		// On a slow machine the lease may end before any request is answered.
		for (let more = 3_000; !ending.sent.some(({ isTold }) => isTold); more *= 2)
			ending = await streamAcrossEnd(stage, more);
		const { lease, expiresAt, sent } = ending;
		expect(sent.filter(({ isTold, begun }) => isTold && begun >= expiresAt + SKEW)).toEqual([]);
		const after = sent.filter(({ begun }) => begun >= expiresAt + SKEW);
		expect(after.length).toBe(4);
		expect(new Set(after.map(({ code }) => code))).toEqual(new Set(['LEASE_NOT_ACTIVE']));

		const { attack, expected } = expiry;
		await readCase({ attack, expected, gates: GATES, prepare: async () => ownTitle(stage, lease) }).run(stage);
	},
};
