import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { documentWithFiles, requestAndApprove, rowsOf, twoApprovers } from '../jobs/erase/scene.ts';
import type { TestFirm } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

const { moto } = inject('clouds');
vi.setConfig({ testTimeout: 150_000 });

const services = moto ? (['model', 'moto'] as const) : (['model'] as const);

describe.each(services)(
	`an erasure of a firm with a key of its own, with ${moto ? '%s' : '%s (moto_server is not installed)'}`,
	(of) => {
		let stage: BringStage;
		let people: Awaited<ReturnType<typeof twoApprovers>>;
		const made = new Map<string, { readonly firm: TestFirm; readonly own: string }>();
		const aliases = (firm: string) => ['', 'next/', 'previous/'].map((side) => `alias/firmseal/${side}${firm}`);
		const named = async (firm: string) => Promise.all(aliases(firm).map((alias) => stage.namedBy(alias)));

		beforeAll(async () => {
			stage = await makeBringStage(of, moto);
			people = await twoApprovers(stage.installation);
			for (const slug of ['healthy', 'disabled']) {
				const own = await stage.newKey();
				const firm = await stage.addOwnFirm(slug, own);
				await documentWithFiles(stage.apis[0], firm, ['a', 'b']);
				made.set(slug, { firm, own });
			}
			await stage.installation.startWorker({}, { propagationSeconds: 1 });
		}, 150_000);
		afterAll(() => stage?.close());

		const erased = async (slug: string) => {
			const { firm, own } = made.get(slug) as { firm: TestFirm; own: string };
			const job = await requestAndApprove(stage.installation, people.ids)(firm.id, null);
			expect([slug, await stage.end(job)]).toMatchObject([slug, { state: 'DONE', trouble: null }]);
			const { code, result } = await people.as('one', 'erase', 'certificate', '--job', job);
			expect([slug, code]).toEqual([slug, 0]);
			const { notes, documents, stored_objects } = await rowsOf(stage.installation, firm.id);
			expect([slug, notes, documents, stored_objects]).toEqual([slug, undefined, undefined, undefined]);
			return { firm, own, certificate: result.certificate };
		};

		it('releases the key without deleting it, and no name, tag or grant of ours remains on it', async () => {
			const { firm, own } = made.get('healthy') as { firm: TestFirm; own: string };
			await stage.installation.startBroker();
			const operator = await stage.installation.addOperator('OPERATOR');
			await activeLease({ ask: stage.apis[0].ask, firm, operator, approver: people.tokens.one });
			expect((await stage.grantsOn(own)).length).toBeGreaterThan(0);

			const { certificate } = await erased('healthy');
			expect(await stage.stateOf(own)).toBe('Enabled');
			expect(await named(firm.id)).toEqual([null, null, null]);
			expect(await stage.tagsOf(own)).toEqual({});
			expect(await stage.grantsOn(own)).toEqual([]);
			expect(certificate).toMatchObject({
				wrappingKey: { isOwn: true, state: 'LET_GO', deletionAt: null },
				objects: { unopened: 0, unnamed: 0 },
			});
			const words = certificate.words.join(' ');
			expect(words).toContain('The wrapping key is the firm’s own and was released, not deleted');
			expect(words).not.toContain('is destroyed');
		});

		it('completes even if the firm has disabled its key before, because objects that do not open are found by their tags', async () => {
			const { own } = made.get('disabled') as { firm: TestFirm; own: string };
			await stage.disable(own);
			const { firm, certificate } = await erased('disabled');
			expect(await stage.stateOf(own)).toBe('Disabled');
			expect(await named(firm.id)).toEqual([null, null, null]);
			expect(certificate).toMatchObject({
				wrappingKey: { isOwn: true, state: 'LET_GO', deletionAt: null },
				// The emulator decrypts even with a disabled key.
				objects: { unopened: of === 'model' ? 2 : 0, unnamed: 0 },
			});
			expect(certificate.words.join(' ')).toContain('was released, not deleted');
			// If the firm enables the key again, it opens nothing: no wrapped data key is left.
			await stage.enable(own);
			expect(await stage.under(firm)).toEqual([]);
		});

		it('schedules the deletion of the key that was created for the firm, if the firm has no key of its own', async () => {
			const { harbour } = stage;
			const before = await stage.namedBy(aliases(harbour.id)[0] as string);
			const job = await requestAndApprove(stage.installation, people.ids)(harbour.id, null);
			expect(await stage.end(job)).toMatchObject({ state: 'DONE', trouble: null });
			expect(await stage.stateOf(before ?? '')).toBe('PendingDeletion');
			const { result } = await people.as('one', 'erase', 'certificate', '--job', job);
			expect(result.certificate.wrappingKey).toMatchObject({ isOwn: false, state: 'PENDING_DELETION' });
			expect(await stage.readsAll(stage.apis[0])).toBe(true);
		});
	},
);
