import { expect, it } from 'vitest';
import type { OpenProposal } from '../../../../src/client/connection/index.ts';
import { lossOf, proposalsOf, supportsOf } from '../../../../web/workspace/custody/decide.ts';
import { openOneOwner } from './firm-page.ts';

it('an announced decision of an only owner changes nothing yet, and one that needs no support is made at once', async () => {
	const { anna } = await openOneOwner();
	const { connection } = anna;
	await connection.generateKey('NOTE');
	const state = await connection.refresh();
	expect(supportsOf(state)).toEqual(['NOTICE']);
	const outcome = await proposalsOf(connection).decide(
		(vault) => vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' }),
		{ by: 'NOTICE' },
	);
	expect(outcome).toBe('ANNOUNCED');
	expect(connection.state?.classes).toMatchObject([{ class: 'NOTE', custody: 'PLATFORM' }]);
	const first = async (vault: typeof connection.parts.vault) =>
		(await vault.setRecovery({ code: true, owners: null })).proposal;
	expect(await proposalsOf(connection).decide(first, { by: 'NOTICE' })).toBe('DONE');
	expect(supportsOf(await connection.sync())).toEqual(['CODE', 'NOTICE']);
});

it('a proposal is what was read only with the same content, from the same owner, with the same standing', () => {
	const body = { class: 'NOTE', custody: 'FIRM' };
	const proposal = { kind: 'custody.set', body, summary: '', needsAgreement: true, shares: [] };
	const read = { id: 'a', person: 'anna', proposal, isAgreed: false } as OpenProposal;
	const withBody = (changed: object) => [{ ...read, proposal: { ...proposal, body: changed } } as OpenProposal];
	expect(lossOf(read, withBody({ custody: 'FIRM', class: 'NOTE' }))).toBeNull();
	expect(lossOf(read, withBody({ ...body, class: 'DOCUMENT' }))).toBe('CHANGED');
	expect(lossOf(read, [{ ...read, person: 'bert' }])).toBe('CHANGED');
	expect(lossOf(read, [{ ...read, isAgreed: true }])).toBe('MOVED');
	expect(lossOf(read, [{ ...read, id: 'b' }])).toBe('GONE');
});
