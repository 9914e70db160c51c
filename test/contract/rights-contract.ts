import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { type KeyContext, type Keyring, type KeyringPrincipal, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { type Gaps, itWithGaps } from './gaps.ts';
import { refused } from './keyring-contract.ts';

/** One keyring, for each kind of process. */
export type Processes = Readonly<Record<KeyringPrincipal, Keyring>>;

const CONTENT = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'] as const;
/** The context of the signer's keys: the platform and class CHECKPOINT. */
const CHECKPOINT: KeyContext = { firm: PLATFORM_FIRM_ID, class: 'CHECKPOINT' };

/** The contract of every keyring for RIGHTS and checkpoint keys. `gaps` as in keyringContract(). */
export function rightsContract(name: string, open: () => Promise<Processes>, gaps: Gaps = {}): void {
	/** A firm and the platform, with a wrapped key of each class. */
	async function setUp() {
		const processes = await open();
		const firm = randomUUID();
		const { worker, signer } = processes;
		const wrappedOf = new Map<string, Uint8Array>();
		for (const of of [firm, PLATFORM_FIRM_ID]) {
			await worker.createKey(of);
			for (const keyClass of [...CONTENT, 'RIGHTS', 'JOB'])
				wrappedOf.set(`${of} ${keyClass}`, (await worker.generateDataKey({ firm: of, class: keyClass })).wrapped);
		}
		wrappedOf.set(`${PLATFORM_FIRM_ID} CHECKPOINT`, (await signer.generateDataKey(CHECKPOINT)).wrapped);
		const contexts = [
			...[firm, PLATFORM_FIRM_ID].flatMap((of) =>
				[...CONTENT, 'RIGHTS', 'JOB'].map((each) => ({ firm: of, class: each })),
			),
			CHECKPOINT,
		];
		const wrapped = (context: KeyContext) => wrappedOf.get(`${context.firm} ${context.class}`) as Uint8Array;
		/** The contexts that a process can open. */
		const opensOf = async (keyring: Keyring) => {
			const opened: string[] = [];
			for (const context of contexts) {
				const isOpen = await keyring.unwrap(context, wrapped(context)).then(
					() => true,
					(error: Error) => refused(Promise.reject(error)).then(() => false),
				);
				if (isOpen) opened.push(`${context.firm === PLATFORM_FIRM_ID ? 'platform' : 'firm'} ${context.class}`);
			}
			return opened;
		};
		return { ...processes, plane: processes.firm, firm, wrapped, opensOf };
	}

	describe(`keys for rights: ${name}`, () => {
		const { it, assertEachNamesATest } = itWithGaps(gaps);

		it('a firm’s plane has the RIGHTS keys of firms, and not the platform’s', async () => {
			const { plane, opensOf } = await setUp();
			expect(await opensOf(plane)).toEqual([...CONTENT, 'RIGHTS', 'JOB'].map((each) => `firm ${each}`));
			await refused(plane.generateDataKey({ firm: PLATFORM_FIRM_ID, class: 'RIGHTS' }));
			await refused(plane.generateDataKey({ firm: PLATFORM_FIRM_ID, class: 'NOTE' }));
		});

		it('an operator’s plane has the platform’s RIGHTS key, and none of a firm', async () => {
			const { operator, opensOf } = await setUp();
			expect(await opensOf(operator)).toEqual(['platform RIGHTS']);
		});

		it('a grant never gives an operator’s plane the RIGHTS key of a firm', async () => {
			const { operator, broker, firm, wrapped, opensOf } = await setUp();
			const context = { firm, class: 'RIGHTS' };
			await broker.createGrant({ name: 'bg-x-RIGHTS', ...context }).catch(() => {});
			await refused(operator.unwrap(context, wrapped(context)));
			await broker.createGrant({ name: 'bg-x-NOTE', firm, class: 'NOTE' });
			expect(await opensOf(operator)).toEqual(['firm NOTE', 'platform RIGHTS']);
		});

		it('the broker has all RIGHTS keys and nothing else, with or without a grant', async () => {
			const { broker, firm, opensOf } = await setUp();
			const rights = ['firm RIGHTS', 'platform RIGHTS'];
			expect(await opensOf(broker)).toEqual(rights);
			await broker.createGrant({ name: 'bg-x-NOTE', firm, class: 'NOTE' });
			expect(await opensOf(broker)).toEqual(rights);
		});

		it('the worker has all RIGHTS keys, and creates the first proofs', async () => {
			const { worker, opensOf } = await setUp();
			const opened = await opensOf(worker);
			for (const each of ['firm RIGHTS', 'platform RIGHTS']) expect(opened).toContain(each);
			expect(opened).not.toContain('platform CHECKPOINT');
		});

		it('only the worker and a firm’s plane create keys, and only the worker rotates the platform’s', async () => {
			const { broker, operator, plane, worker, firm } = await setUp();
			for (const keyring of [broker, operator]) {
				await refused(keyring.generateDataKey({ firm, class: 'RIGHTS' }));
				await refused(keyring.generateDataKey({ firm: PLATFORM_FIRM_ID, class: 'RIGHTS' }));
			}
			for (const keyring of [broker, operator, plane]) {
				await refused(keyring.rotateKey(PLATFORM_FIRM_ID));
				expect((await keyring.describeKey(PLATFORM_FIRM_ID))?.version).toBe(1);
			}
			expect((await worker.rotateKey(PLATFORM_FIRM_ID)).version).toBe(2);
		});

		it('no one has the platform’s RIGHTS key while it is disabled', async () => {
			const { worker, operator, broker, wrapped } = await setUp();
			await worker.disableKey(PLATFORM_FIRM_ID);
			const context = { firm: PLATFORM_FIRM_ID, class: 'RIGHTS' };
			for (const keyring of [worker, operator, broker]) await refused(keyring.unwrap(context, wrapped(context)));
			await worker.enableKey(PLATFORM_FIRM_ID);
			await expect(operator.unwrap(context, wrapped(context))).resolves.toBeDefined();
		});

		it('the signer has the checkpoint keys and no other rights', async () => {
			const { signer, firm, wrapped, opensOf } = await setUp();
			expect(await opensOf(signer)).toEqual(['platform CHECKPOINT']);
			for (const context of [
				{ firm, class: 'CHECKPOINT' },
				{ firm, class: 'NOTE' },
				{ firm: PLATFORM_FIRM_ID, class: 'RIGHTS' },
				{ firm: PLATFORM_FIRM_ID, class: 'JOB' },
			])
				await refused(signer.generateDataKey(context));
			await refused(signer.rewrap(CHECKPOINT, wrapped(CHECKPOINT)));
			await refused(signer.createKey(PLATFORM_FIRM_ID));
			for (const act of [
				signer.rotateKey,
				signer.disableKey,
				signer.enableKey,
				signer.cancelDeletion,
				signer.listGrants,
			])
				await refused(act(PLATFORM_FIRM_ID));
			await refused(signer.scheduleDeletion(PLATFORM_FIRM_ID, 7));
			await refused(signer.createGrant({ name: 'bg-x-CHECKPOINT', ...CHECKPOINT }));
			await refused(signer.revokeGrant({ name: 'bg-x-CHECKPOINT', firm: PLATFORM_FIRM_ID }));
			expect(await signer.describeKey(PLATFORM_FIRM_ID)).toMatchObject({ state: 'ENABLED', version: 1 });
		});

		it('no one else creates or opens a checkpoint key', async () => {
			const { plane, operator, broker, worker, firm, wrapped } = await setUp();
			for (const keyring of [plane, operator, broker, worker]) {
				await refused(keyring.unwrap(CHECKPOINT, wrapped(CHECKPOINT)));
				await refused(keyring.generateDataKey(CHECKPOINT));
				await refused(keyring.generateDataKey({ firm, class: 'CHECKPOINT' }));
			}
		});

		it('a grant gives an operator’s plane no checkpoint key', async () => {
			const { broker, operator, firm, wrapped } = await setUp();
			for (const of of [PLATFORM_FIRM_ID, firm]) {
				const context = { firm: of, class: 'CHECKPOINT' };
				await broker.createGrant({ name: 'bg-x-CHECKPOINT', ...context }).catch(() => {});
				await refused(operator.unwrap(context, wrapped(CHECKPOINT)));
			}
		});

		it('only the worker rewraps a checkpoint key, and only the signer opens the result', async () => {
			const { plane, operator, broker, worker, signer, wrapped } = await setUp();
			const { plaintext } = await signer.unwrap(CHECKPOINT, wrapped(CHECKPOINT));
			for (const keyring of [plane, operator, broker]) await refused(keyring.rewrap(CHECKPOINT, wrapped(CHECKPOINT)));
			await worker.rotateKey(PLATFORM_FIRM_ID);
			const rewrapped = await worker.rewrap(CHECKPOINT, wrapped(CHECKPOINT));
			expect(rewrapped).not.toHaveProperty('plaintext');
			expect((await signer.unwrap(CHECKPOINT, rewrapped.wrapped)).plaintext).toEqual(plaintext);
			await refused(worker.unwrap(CHECKPOINT, rewrapped.wrapped));
		});

		it('only the worker wraps a given key, and only the signer wraps a checkpoint key', async () => {
			const { plane, operator, broker, signer, worker, firm } = await setUp();
			const key = randomBytes(32);
			for (const of of [firm, PLATFORM_FIRM_ID])
				for (const keyClass of [...CONTENT, 'RIGHTS', 'JOB']) {
					const context = { firm: of, class: keyClass };
					for (const keyring of [plane, operator, broker, signer]) await refused(keyring.wrap(context, key));
					const { wrapped } = await worker.wrap(context, key);
					expect(Buffer.from((await worker.unwrap(context, wrapped)).plaintext)).toEqual(key);
				}
			for (const keyring of [plane, operator, broker, worker]) await refused(keyring.wrap(CHECKPOINT, key));
			for (const keyring of [plane, operator, broker, signer, worker])
				await refused(keyring.wrap({ firm, class: 'CHECKPOINT' }, key));
			const { wrapped } = await signer.wrap(CHECKPOINT, key);
			for (const keyring of [plane, operator, broker, worker]) await refused(keyring.unwrap(CHECKPOINT, wrapped));
			expect(Buffer.from((await signer.unwrap(CHECKPOINT, wrapped)).plaintext)).toEqual(key);
		});

		assertEachNamesATest();
	});
}
