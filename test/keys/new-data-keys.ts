import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { openPayload, sealPayload } from '../../src/envelope/index.ts';
import { type ClassKey, createDataKeys, type DataKeyEvent, type DataKeysOptions } from '../../src/keys/index.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { createFakeKeyring } from './fake-keyring.ts';

export const FIRM = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9a01';
export const OTHER_FIRM = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9a02';
const ROW = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9aff';

export const FIELDS = [
	{ class: 'NOTE', table: 'notes', column: 'title' },
	{ class: 'NOTE', table: 'notes', column: 'body' },
	{ class: 'BILLING', table: 'invoices', column: 'memo' },
];

type Aead = ReturnType<typeof createNodeAead>;
export type HandleOf<Sealer extends Aead> = ReturnType<Sealer['importKey']>;

const aead = createNodeAead();

/** Data keys over a fake key service and a store in memory, with a clock that stands still. */
export function newDataKeys(options: Partial<DataKeysOptions<HandleOf<Aead>>> = {}) {
	const fake = createFakeKeyring();
	const store = createMemoryDataKeyStore();
	const events: DataKeyEvent[] = [];
	const clock = steppedClock();
	const open = (more: typeof options = {}) =>
		createDataKeys({
			keyring: fake.keyring,
			store,
			aead,
			fields: FIELDS,
			ttlSeconds: 300,
			maxKeys: 100,
			clock,
			onEvent: (event) => events.push(event),
			...options,
			...more,
		});
	const passSeconds = (seconds: number) => void clock.advance(seconds * 1000);
	return { ...fake, store, events, open, dataKeys: open(), passSeconds };
}

/** Whether the second key opens values of the first. */
export function isSameKey(left: ClassKey<HandleOf<Aead>>, right: ClassKey<HandleOf<Aead>>): boolean {
	const sealed = sealPayload(aead, left.field('notes', 'body'), ROW, Uint8Array.of(1, 0x61));
	try {
		return openPayload(aead, right.field('notes', 'body'), ROW, sealed).length === 2;
	} catch {
		return false;
	}
}
