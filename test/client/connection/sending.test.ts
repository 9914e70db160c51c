import { beforeEach, describe, expect, it } from 'vitest';
import { openerOf, RecoverySteps, type ServicePort } from '../../../src/client/connection/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { FIRM } from '../../custody/some.ts';
import { newLogKey } from '../vault/checkpoints.ts';
import { ANNA, CARA, Device, someFirm } from '../vault/firm.ts';
import { InMemoryApi } from '../vault/in-memory-api.ts';
import { portOf } from './in-memory-port.ts';

type Answer = Awaited<ReturnType<ServicePort['request']>>;
/** What the test does with an answer about the key log before it arrives; null while answers arrive at once. */
let underway: ((answer: Answer) => Promise<Answer>) | null;
/** Called when the service took a decision. */
let onSent: () => void;
beforeEach(() => {
	underway = null;
	onSent = () => undefined;
});

/** The client of a device whose service answers as the test says. */
function connectionOf(service: InMemoryApi, device: Pick<Device, 'vault' | 'unlock'>) {
	const honest = portOf(service);
	const clock = { now: () => service.time.now(), sleep: async () => {} };
	const port: ServicePort = {
		...honest,
		async request(document, variables) {
			const answer = await honest.request(document, variables);
			if ('appendKeyLog' in answer) onSent();
			return 'keyLog' in answer && underway !== null ? underway(answer) : answer;
		},
	};
	return openerOf({ vault: device.vault, unlock: () => device.unlock(), clock }, port).connection;
}

/** Begins a sync that has read the log as it is now. The answer arrives, or is lost, once a decision was sent. */
async function syncUnderway(sync: () => Promise<unknown>, isLost: boolean): Promise<void> {
	const [read, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	onSent = gate.resolve;
	underway = async (answer) => {
		underway = null;
		read.resolve();
		await gate.promise;
		if (isLost) throw new FirmsealError('INTERNAL', 'The service does not answer.');
		return answer;
	};
	sync().catch(() => undefined);
	await read.promise;
}

describe.each([
	['ends', false],
	['fails', true],
])('while the log is read by a sync that began before, and %s', (_, isLost) => {
	it('a decision gives the state that has its entry', async () => {
		const firm = await someFirm();
		const anna = await firm.anna();
		const connection = connectionOf(firm.service, anna);
		const after = await connection.append(async () => {
			await syncUnderway(() => connection.sync(), isLost);
			return anna.vault.renameMember({ person: CARA, name: 'Cara D.' });
		});
		expect(after.log?.size).toBe(firm.service.entries.length);
	});

	it('a firm that begins has its log', async () => {
		const { time } = await someFirm();
		const service = new InMemoryApi(time, await newLogKey());
		const anna = await Device.make('anna', ANNA, time, FIRM);
		const beginFirm: Device['vault']['beginFirm'] = async (wanted) => {
			await syncUnderway(() => connection.sync(), isLost);
			return anna.vault.beginFirm(wanted);
		};
		const vault = { ...anna.vault, beginFirm };
		const connection = connectionOf(service, { vault, unlock: () => anna.unlock() });
		const begun = await connection.begin('Anna Berger');
		expect(begun.log?.size).toBe(service.entries.length);
	});
});

describe('what the service took is composed once, though the log is not read at once after it', () => {
	beforeEach(() => {
		onSent = () => {
			underway = async () => {
				underway = null;
				throw new FirmsealError('CONFLICT', 'The service is behind.');
			};
		};
	});

	it('a decision', async () => {
		const { service, anna } = await someFirm();
		const device = await anna();
		const size = service.entries.length;
		const decided = connectionOf(service, device).append(() =>
			device.vault.renameMember({ person: CARA, name: 'Cara D.' }),
		);
		await expect(decided).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(service.entries).toHaveLength(size + 1);
	});

	it('a recovery', async () => {
		const { service, time, codes } = await someFirm();
		const device = await Device.make('new', ANNA, time);
		let recoveries = 0;
		const recover: Device['vault']['recover'] = (given) => {
			recoveries += 1;
			return device.vault.recover(given);
		};
		const vault = { ...device.vault, recover };
		const steps = new RecoverySteps(connectionOf(service, { vault, unlock: () => device.unlock() }));
		await expect(steps.byCode(codes.anna)).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(recoveries).toBe(1);
	});
});
