import { CancelKeyDeletionCommand, CreateAliasCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { firmsealJson } from '../system/program.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

vi.setConfig({ testTimeout: 150_000 });

interface Found {
	readonly check: string;
	readonly ok: boolean;
	readonly fix: string | null;
}

describe('a database from before a firm brought its key', () => {
	let stage: BringStage;
	let own: string;
	let before: string;
	let rows: readonly Record<string, unknown>[];
	const CHECK = 'each firm’s data keys are under its current wrapping key by the log';

	beforeAll(async () => {
		stage = await makeBringStage('model', null);
		own = await stage.newKey();
		before = (await stage.namedBy(`alias/firmseal/${stage.north.id}`)) ?? '';
		await stage.installation.startWorker({}, { propagationSeconds: 1 });
		rows = await stage.installation.admin`select * from data_keys where firm_id = ${stage.north.id}`;
		expect(await stage.end(await stage.change(stage.north, own))).toMatchObject({ state: 'DONE' });
	}, 150_000);
	afterAll(() => stage?.close());

	const found = async (): Promise<Found | undefined> => {
		const { result } = await firmsealJson(stage.installation.env, 'doctor', '--after-restore');
		return (result.findings as Found[]).find(({ check }) => check === CHECK);
	};

	it('is reported with the key that wraps its data keys, and opens again once fixed as doctor says', async () => {
		const { installation, north, kms } = stage;
		expect(await found()).toMatchObject({ ok: true });
		for (const { class: of, version, wrapped, key_id, own_key } of rows)
			await installation.admin`
				update data_keys set wrapped = ${wrapped as Buffer}, key_id = ${key_id as string}, own_key = ${own_key as boolean}
				where firm_id = ${north.id} and class = ${of as string} and version = ${version as string}`;
		const wrong = await found();
		expect(wrong).toMatchObject({ ok: false });
		expect(wrong?.fix).toContain(`${before} of firm ${north.id} (\`firmseal keys rewrap --firm north\`)`);
		expect(await stage.stateOf(before)).toBe('PendingDeletion');
		expect(await stage.readsAll(await installation.serve())).toBe(false);

		const id = before.replace(/^.*:key\//, '');
		await kms.send(new CancelKeyDeletionCommand({ KeyId: id }));
		await kms.send(new EnableKeyCommand({ KeyId: id }));
		await kms.send(new CreateAliasCommand({ AliasName: `alias/firmseal/previous/${north.id}`, TargetKeyId: id }));
		const { result } = await firmsealJson(installation.env, 'keys', 'rewrap', '--firm', 'north', '--no-wait');
		expect(await stage.end(result.jobs[0].id)).toMatchObject({ state: 'DONE' });
		expect(await stage.under(north)).toEqual([own]);
		expect(await stage.readsAll(await installation.serve())).toBe(true);
		expect(await found()).toMatchObject({ ok: true });
	});
});
