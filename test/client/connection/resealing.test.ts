import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openerOf, type ServicePort } from '../../../src/client/connection/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { CARA, change, Device, MESSAGE, NOTE, someFirm } from '../vault/firm.ts';
import type { InMemoryApi } from '../vault/in-memory-api.ts';
import { portOf, staleOf } from './in-memory-port.ts';

const NOTES = 8;
const noteId = (at: number): string => `0190a3c4-0000-7000-8000-0000000001${String(at).padStart(2, '0')}`;

/** A firm with notes under the key from before Cara was removed, beside her own and Anna’s first. */
async function firmToReseal() {
	const firm = await someFirm();
	const { service } = firm;
	const [anna, bert] = [await firm.anna(), await firm.bert()];
	for (let at = 0; at < NOTES; at++)
		await anna.write(service, { type: 'Note', id: noteId(at), values: { title: `title ${at}`, body: `body ${at}` } });
	await anna.send(service, await anna.vault.removeMember({ person: CARA }));
	await bert.sync(service);
	return { service, anna, bert };
}

/** What a device does before each request of its client: nothing, or it stops the client. */
type Before = (document: string) => Promise<void> | void;

function clientOf(
	service: InMemoryApi,
	{ vault, unlock }: Device,
	before: Before = () => {},
	port: Partial<ServicePort> = {},
) {
	const honest = portOf(service);
	const clock = { now: () => service.time.now(), sleep: async () => {} };
	return openerOf(
		{ vault, unlock, clock },
		{
			...honest,
			async request(document, variables) {
				await before(document);
				return honest.request(document, variables);
			},
			...port,
		},
	);
}

/** A device that knows what the other one does by now. */
async function copyOf({ name, person, store }: Device, { time }: InMemoryApi): Promise<Device> {
	const copy = new Device(name, person, store.copy(), time);
	await copy.unlock();
	return copy;
}

const titles = async (service: InMemoryApi, device: Device) => {
	const read = await device.read(...Array.from({ length: NOTES }, (_, at) => service.record(noteId(at), ['title'])));
	return read.map(({ fields: [field] }) => (field && 'value' in field ? field.value : field?.why));
};
const TO_RESEAL = 'query RecordsToReseal(';
const TITLES = Array.from({ length: NOTES }, (_, at) => `title ${at}`);

describe('re-sealing a class', () => {
	it('ends at zero, says how far it is, and leaves other classes alone', async () => {
		const { service, anna, bert } = await firmToReseal();
		const seen: unknown[] = [];
		const result = await clientOf(service, anna).connection.reseal('NOTE', { onProgress: (each) => seen.push(each) });
		expect(result).toEqual({ resealed: NOTES + 2, refused: [], left: 0 });
		expect(seen.at(-1)).toEqual({ resealed: NOTES + 2, refused: 0, total: NOTES + 2 });
		expect(staleOf(service, 'COMMUNICATION').map(({ id }) => id)).toEqual([MESSAGE]);
		expect(await titles(service, bert)).toEqual(TITLES);
		expect(await clientOf(service, bert).connection.reseal('NOTE')).toEqual({ resealed: 0, refused: [], left: 0 });
	});

	it('names what does not open, seals the rest, and ends', async () => {
		const { service, anna } = await firmToReseal();
		const [first, second] = [noteId(0), noteId(1)].map((id) => service.rows.get(id));
		if (!first || !second) throw new Error('The notes are missing.');
		service.rows.set(first.id, { ...first, fields: second.fields });
		const result = await clientOf(service, anna).connection.reseal('NOTE');
		expect(result).toEqual({
			resealed: NOTES + 1,
			refused: [{ type: 'Note', id: first.id, why: expect.stringContaining('not the one that its author stamped') }],
			left: 1,
		});
	});

	it('reads a record again that someone writes meanwhile, and keeps what they wrote', async () => {
		const { service, anna, bert } = await firmToReseal();
		let writes = 0;
		const client = clientOf(service, anna, async (document) => {
			if (!document.startsWith('mutation ResealRecords') || writes++ > 0) return;
			await bert.write(service, change(service, noteId(0), { body: 'by Bert' }));
		});
		expect(await client.connection.reseal('NOTE')).toMatchObject({ refused: [], left: 0 });
		const [opened] = await anna.read(service.record(noteId(0)));
		expect(opened?.fields.map((field) => 'value' in field && field.value)).toEqual(['title 0', 'by Bert']);
	});

	it('may be stopped anywhere, by a failing service too, and shared: it continues, and loses nothing', async () => {
		const { service: original, ...owners } = await firmToReseal();
		const stops = fc.array(fc.record({ isFirst: fc.boolean(), after: fc.nat(12), isAnswered: fc.boolean() }), {
			maxLength: 4,
		});
		await fc.assert(
			fc.asyncProperty(stops, async (runs) => {
				const service = original.copy();
				const [anna, bert] = [await copyOf(owners.anna, service), await copyOf(owners.bert, service)];
				const stoppedRuns = runs.map(async ({ isFirst, after, isAnswered }) => {
					let requests = 0;
					const honest = portOf(service);
					const client = clientOf(service, isFirst ? anna : bert, undefined, {
						async request(document, variables) {
							const isLast = requests++ >= after;
							const answer = isLast && !isAnswered ? null : await honest.request(document, variables);
							if (isLast || answer === null) throw new FirmsealError('AUDIT_UNAVAILABLE', 'cut');
							return answer;
						},
					});
					return client.connection.reseal('NOTE');
				});
				await Promise.allSettled(stoppedRuns);
				const both = [anna, bert].map((device) => clientOf(service, device).connection.reseal('NOTE'));
				for (const { refused } of await Promise.all(both)) expect(refused).toEqual([]);
				expect(staleOf(service, 'NOTE')).toEqual([]);
				expect(await titles(service, anna)).toEqual(TITLES);
			}),
			{ numRuns: 6 },
		);
	});

	it('stops at a signal between two requests', async () => {
		const { service, anna } = await firmToReseal();
		const stop = new AbortController();
		const run = clientOf(service, anna).connection.reseal('NOTE', {
			signal: stop.signal,
			onProgress: () => stop.abort(),
		});
		await expect(run).rejects.toMatchObject({ name: 'AbortError' });
		expect(staleOf(service, 'NOTE').length).toBe(NOTES - 1);
	});
});

describe('a service that lies', () => {
	it('cannot keep a client busy for ever, with one page or with records that it never stores', async () => {
		const { service, anna } = await firmToReseal();
		const honest = portOf(service);
		const first = await honest.request(TO_RESEAL, { class: 'NOTE', after: null });
		const repeats = clientOf(service, anna, undefined, {
			request: async (document, variables) =>
				document.startsWith(TO_RESEAL) ? first : honest.request(document, variables),
		});
		await expect(repeats.connection.reseal('NOTE')).rejects.toMatchObject({ code: 'INTERNAL' });
		const forgets = clientOf(service, anna, undefined, {
			request: async (document, variables) =>
				document.startsWith('mutation ResealRecords')
					? { resealRecords: { resealedIds: [NOTE] } }
					: honest.request(document, variables),
		});
		const { left } = await forgets.connection.reseal('NOTE');
		expect(left).toBeGreaterThan(0);
	});
});
