import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantName } from '../../src/leases/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { firmsealJson } from '../system/program.ts';
import { unguarded } from './forgeries.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';

interface Finding {
	readonly check: string;
	readonly ok: boolean | null;
	readonly fix: string | null;
}

describe('firmseal doctor on leases', () => {
	let stage: LeaseStage;
	beforeAll(async () => {
		stage = await makeLeaseStage();
	});
	afterAll(() => stage?.close());

	const wrong = async (): Promise<Finding[]> => {
		const { result } = await firmsealJson(stage.installation.env, 'doctor');
		return (result.findings as Finding[]).filter(({ ok }) => ok === false);
	};
	const onlyWrong = async (): Promise<Finding | undefined> => {
		const [finding, ...others] = await wrong();
		expect(others).toEqual([]);
		return finding;
	};

	it('finds nothing if a broker has done its work', async () => {
		const broker = await stage.installation.startBroker();
		const lease = await stage.activating();
		await until(async () => (await stage.stateOf(lease)) === 'ACTIVE');
		await broker.stop();
		expect(await wrong()).toEqual([]);
		await stage.revoke(lease);
		await stage.installation.admin`update leases set cleared_at = now() where id = ${lease}`;
	});

	it('finds leases that have waited for a broker longer than a minute', async () => {
		const lease = await stage.activating();
		expect(await wrong()).toEqual([]);
		await unguarded(
			stage,
			'lease_events',
			`update lease_events set at = at - interval '61 seconds' where lease_id = $1`,
			[lease],
		);
		const finding = await onlyWrong();
		expect(finding?.check).toBe('no lease waits for a broker for more than a minute');
		expect(finding?.fix).toMatch(/^1 .*firmseal broker/);
		await stage.revoke(lease);
	});

	it('finds ended leases that may have had grants longer than two minutes', async () => {
		expect(await wrong()).toEqual([]);
		await unguarded(
			stage,
			'leases',
			`update leases set ended_at = ended_at - interval '121 seconds' where cleared_at is null`,
		);
		const finding = await onlyWrong();
		expect(finding?.check).toBe('no ended lease has had grants for more than two minutes');
		await unguarded(
			stage,
			'leases',
			'update leases set cleared_at = now() where ended_at is not null and cleared_at is null',
		);
	});

	it('finds active leases whose grants are missing', async () => {
		const broker = await stage.installation.startBroker();
		const lease = await stage.activating({ classes: ['NOTE', 'BILLING'] });
		await until(async () => (await stage.stateOf(lease)) === 'ACTIVE');
		await broker.stop();
		const keyring = await openKeyring(stage.installation.config, 'broker');
		await keyring.revokeGrant({ name: grantName(lease, 'BILLING'), firm: stage.firm.id });
		// A new grant may not be listed yet.
		expect(await wrong()).toEqual([]);
		await unguarded(
			stage,
			'leases',
			`update leases set activated_at = activated_at - interval '5 minutes' where id = $1`,
			[lease],
		);
		const finding = await onlyWrong();
		expect(finding?.check).toBe('every active lease has its grants');
		expect(finding?.fix).toMatch(/^1 /);
	});

	it("finds a broker login that doesn't work", async () => {
		const url = new URL(stage.installation.env.FIRMSEAL_BROKER_DATABASE_URL as string);
		url.password = 'another';
		const { result } = await firmsealJson(
			{ ...stage.installation.env, FIRMSEAL_BROKER_DATABASE_URL: url.href },
			'doctor',
		);
		const found = (result.findings as Finding[]).filter(
			({ ok, check }) => !ok && check.includes('the broker plane signs in'),
		);
		expect(found).toHaveLength(1);
	});
});
