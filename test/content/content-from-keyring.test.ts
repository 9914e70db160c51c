import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import type { AuditLog, EntryDraft } from '../../src/audit/index.ts';
import { type ContentOptions, contentFromKeyring } from '../../src/content/index.ts';
import { createFakeKeyring } from '../keys/fake-keyring.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { BODY, FIRM, memberDecision, rowId, TITLE, termsOf } from './workbench.ts';

const aead = createNodeAead();
const row = { firm: FIRM, id: rowId(1) };
type Options = ContentOptions<ReturnType<typeof aead.importKey>>;

function parts() {
	const fake = createFakeKeyring();
	const drafts: EntryDraft[] = [];
	const log = { trouble: null as Error | null };
	const audit: AuditLog = {
		async append(entries) {
			if (log.trouble) throw log.trouble;
			drafts.push(...entries);
			return entries.map(() => randomUUID());
		},
	};
	const given = { keyring: fake.keyring, store: createMemoryDataKeyStore(), audit, aead, fields: [TITLE, BODY] };
	const make = (more: Partial<Options> = {}) => contentFromKeyring({ ...given, ...more });
	return { ...fake, drafts, log, make };
}

const seal = async (content: ReturnType<ReturnType<typeof parts>['make']>) => {
	const [sealed] = await content.sealValues(content.begin(termsOf(memberDecision())), row.id, [
		{ field: TITLE, value: 'kept' },
	]);
	return sealed;
};

describe('content opened with the keys of a keyring', () => {
	it('opens what another instance over the same store sealed, and records every keyring call', async () => {
		const { make, drafts } = parts();
		const sealed = await seal(make());
		const other = make({ plane: 'operator' });
		const session = other.begin(termsOf(memberDecision()));
		expect(await other.openValue(session, TITLE, row, sealed)).toBe('kept');
		expect(drafts).toMatchObject([
			{ action: 'key.generate', plane: 'firm', firm: FIRM, actor: { kind: 'system', user: null } },
			{ action: 'key.unwrap', plane: 'firm', firm: FIRM, keys: [{ class: 'NOTE', version: 1 }] },
			{ action: 'key.unwrap', plane: 'operator', firm: FIRM, keys: [{ class: 'NOTE', version: 1 }] },
		]);
		expect(other.keyStats()).toMatchObject({ size: 1 });
	});

	it('reports to its outcome listener what it opened', async () => {
		const { make } = parts();
		const onSettled = vi.fn();
		const content = make({ onOutcome: onSettled });
		const sealed = await seal(content);
		const session = content.begin(termsOf(memberDecision()));
		await content.openValue(session, TITLE, row, sealed);
		await content.settle(session);
		expect(onSettled.mock.calls).toEqual([['opened', 'NOTE', 1]]);
	});

	it('does not cache a key if its unwrapping could not be recorded, and reports the failure', async () => {
		const { make, log } = parts();
		const trouble = new Error('disk full');
		const onUnrecorded = vi.fn();
		const content = make({ onUnrecorded });
		log.trouble = trouble;
		await seal(content);
		// Generated, then unwrapped for the check.
		await expect
			.poll(() => onUnrecorded.mock.calls)
			.toEqual([
				[trouble, FIRM],
				[trouble, FIRM],
			]);
		expect(content.keyStats().size).toBe(0);
	});

	it('drops such a key even if no one listens for the failure', async () => {
		const { make, log } = parts();
		const content = make();
		log.trouble = new Error('disk full');
		await seal(content);
		await expect.poll(() => content.keyStats().size).toBe(0);
		log.trouble = null;
		const sealed = await seal(content);
		expect(await content.openValue(content.begin(termsOf(memberDecision())), TITLE, row, sealed)).toBe('kept');
	});

	it('rejects a key lifetime or a number of keys that is out of range', () => {
		const { make } = parts();
		for (const options of [{ keySeconds: 0 }, { keySeconds: 86_401 }, { maxKeys: 0 }])
			expect(() => make(options)).toThrow(RangeError);
	});
});
