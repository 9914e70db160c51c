import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eraseTermsFrom, writeEraseTerms } from '../../src/jobs/index.ts';
import { agreed, proven, put } from '../jobs/forged-jobs.ts';
import { activeLease } from '../support/leases.ts';
import type { Person } from '../support/person.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

vi.setConfig({ testTimeout: 120_000 });

describe('an erasure of a firm after a cancelled change of its key', () => {
	let stage: BringStage;
	let approver: Person;
	beforeAll(async () => {
		stage = await makeBringStage('model', null);
		approver = await stage.installation.addOperator('APPROVER');
		await stage.installation.addOperator('APPROVER');
		await stage.installation.startWorker({}, { propagationSeconds: 0 });
	});
	afterAll(() => stage?.close());

	const meets = (job: string, trouble: string) =>
		stage.installation.workUntil(
			async () => (await stage.installation.admin`select trouble from jobs where id = ${job}`)[0]?.trouble === trouble,
		);
	const cancel = (job: string) =>
		stage.installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${job}`;
	const erase = async (firmId: string) => {
		const { installation } = stage;
		const [one, two] = await installation.admin`select user_id as id from operators where 'APPROVER' = any(roles)`;
		const terms = writeEraseTerms(eraseTermsFrom(new Date(), 0, 7));
		const asked = { firmId, kind: 'ERASE' as const, class: null, version: null, askedBy: one?.id, terms };
		return stage.end(await put(installation, await agreed(installation, await proven(installation, asked), two?.id)));
	};

	it('leaves no previous key enabled', async () => {
		const { installation, north, apis } = stage;
		await installation.startBroker();
		const operator = await installation.addOperator('OPERATOR');
		await activeLease({ ask: apis[0].ask, firm: north, operator, approver });
		const before = (await stage.namedBy(`alias/firmseal/${north.id}`)) ?? '';
		const job = await stage.change(north, await stage.newKey());
		await meets(job, 'LEASES_OPEN');
		await cancel(job);
		expect([await stage.namedBy(`alias/firmseal/previous/${north.id}`), await stage.stateOf(before)]).toEqual([
			before,
			'Enabled',
		]);
		expect(await erase(north.id)).toMatchObject({ state: 'DONE', trouble: null });
		expect([await stage.namedBy(`alias/firmseal/previous/${north.id}`), await stage.stateOf(before)]).toEqual([
			null,
			'PendingDeletion',
		]);
	});

	it('leaves no new key enabled either, even if it wrapped data keys already', async () => {
		const { harbour } = stage;
		expect(await stage.end(await stage.change(harbour, await stage.newKey()))).toMatchObject({ state: 'DONE' });
		stage.front.refuse(({ operation }) => (operation === 'UpdateAlias' ? 'KMSInternalException' : null));
		const job = await stage.change(harbour, null);
		await meets(job, 'KEY_UNAVAILABLE');
		await cancel(job);
		stage.front.refuse(() => null);
		const made = (await stage.namedBy(`alias/firmseal/next/${harbour.id}`)) ?? '';
		expect([await stage.under(harbour), await stage.stateOf(made)]).toEqual([[made], 'Enabled']);
		expect(await erase(harbour.id)).toMatchObject({ state: 'DONE', trouble: null });
		expect([await stage.namedBy(`alias/firmseal/next/${harbour.id}`), await stage.stateOf(made)]).toEqual([
			null,
			'PendingDeletion',
		]);
	});
});
