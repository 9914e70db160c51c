import { expect } from 'vitest';
import { backdate, type Wish } from '../../../leases/stage.ts';
import type { Person } from '../../../support/person.ts';
import { until } from '../../../system/program.ts';
import { type LockArea, type LockCase, type PreparedRead, readCase } from '../case.ts';
import { LOCKS, type Lock } from '../removals.ts';
import { fileOf, type LockStage, pathOf, unknownLease } from '../stage.ts';
import { ending, revoke } from './timing.ts';

const documents = (wish: Wish = {}): Wish => ({ classes: ['DOCUMENT'], ...wish });

interface Asked {
	/** The number of a version. By default the latest. */
	readonly number?: number;
	readonly token?: Person;
	/** True if the file belongs to the other firm. */
	readonly isForeign?: boolean;
}

/** GET /documents/:id/content under a lease, or without one if `lease` is null. */
function download(
	stage: LockStage,
	lease: string | null,
	{ number, token, isForeign = false }: Asked = {},
): Pick<PreparedRead, 'firm' | 'target' | 'send'> {
	const workspace = isForeign ? stage.theirs : stage.ours;
	const request = { path: pathOf(workspace, number), lease, ...(token !== undefined && { token }) };
	return {
		firm: isForeign ? stage.other.id : stage.firm.id,
		target: fileOf(workspace.marker),
		send: () => stage.send(request),
	};
}

const REFUSED = 'LEASE_NOT_ACTIVE and no byte, on record';
const BY_TIME: readonly Lock[] = ['resolver', 'database functions', 'row policies'];
/** The locks that refuse although an active lease on documents has its grant. */
const NOT_BY_KEY: readonly Lock[] = ['resolver', 'database functions'];

interface Refused {
	readonly attack: string;
	readonly gates: readonly Lock[];
	lease(stage: LockStage): Promise<string>;
	token?(stage: LockStage): Person;
}

/** A file under a lease that the caller may not use. */
const refused = ({ attack, gates, lease, token }: Refused): LockCase =>
	readCase({
		attack,
		expected: REFUSED,
		gates,
		async prepare(stage) {
			const asked = token ? { token: token(stage) } : {};
			return { ...download(stage, await lease(stage), asked), sealed: null, file: 'LEASE_NOT_ACTIVE' };
		},
	});

interface Narrow extends Asked {
	readonly attack: string;
	/** The reason in the log entry. */
	readonly reason: 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD';
	readonly gates: readonly Lock[];
	wish(stage: LockStage): Wish;
}

/** A file beyond what an active lease covers. */
const beyond = ({ attack, reason, gates, wish, ...asked }: Narrow): LockCase =>
	readCase({
		attack,
		expected: `LEASE_SCOPE and no byte; ${reason} on record`,
		gates,
		async prepare(stage) {
			const lease = await stage.active(wish(stage));
			return { ...download(stage, lease, asked), sealed: reason, file: 'LEASE_SCOPE' };
		},
	});

const noLease = readCase({
	attack: 'An operator downloads the file of a document without a lease',
	expected: 'LEASE_REQUIRED and no byte; NO_LEASE on record',
	gates: LOCKS,
	async prepare(stage) {
		const [without, madeUp] = [download(stage, null), download(stage, unknownLease())];
		const send = () => (stage.removals.isRemoved('resolver') ? madeUp : without).send();
		return { ...without, send, sealed: 'NO_LEASE', file: 'LEASE_REQUIRED' };
	},
});

const spent = readCase({
	attack: 'The same file again, under a budget of one that the first download used',
	expected: 'LEASE_SCOPE and no byte: the budget is used up',
	gates: ['database functions'],
	async prepare(stage) {
		const lease = await stage.active(documents({ readBudget: 1 }));
		// Another read still waits for its answer, so the first download does not end the lease.
		await stage.installation.admin`update lease_budgets set unanswered = 1 where lease_id = ${lease}`;
		const read = download(stage, lease);
		expect((await read.send()).text).toContain(read.target);
		return { ...read, sealed: null, file: 'LEASE_SCOPE' };
	},
});

const meanwhile = readCase({
	attack: 'The owner revokes the lease while the key of a file is being unwrapped',
	expected:
		'LEASE_NOT_ACTIVE before the first byte; the revoke waits for that answer. Without the lock, it doesn’t wait',
	gates: ['database functions'],
	isUsedUp: true,
	async prepare(stage) {
		const lease = await stage.active(documents());
		const read = download(stage, lease);
		let after: Promise<unknown> | undefined;
		return {
			...read,
			sealed: null,
			file: 'LEASE_NOT_ACTIVE',
			isWithheld: true,
			async send() {
				stage.removals.onceUnwrapped(async () => {
					after = (await ending(stage, lease, revoke(stage, lease))).after;
				});
				const told = await read.send();
				await after;
				return told;
			},
		};
	},
});

export const files: LockArea = {
	title: 'Files, by `GET /documents/:id/content`',
	cases: [
		noLease,
		refused({ attack: 'A file under an unknown lease', gates: LOCKS, lease: async () => unknownLease() }),
		refused({
			attack: 'A file that a member has just downloaded, so that the firm’s document key is in the cache',
			gates: LOCKS,
			async lease(stage) {
				const own = download(stage, null, { token: stage.firm.member });
				expect((await own.send()).text).toContain(own.target);
				return unknownLease();
			},
		}),
		refused({
			attack: 'A file under the active lease of another operator',
			gates: NOT_BY_KEY,
			lease: (stage) => stage.active(documents()),
			token: ({ stranger }) => stranger,
		}),
		refused({
			attack: 'A file under a lease that is approved but not activated',
			gates: LOCKS,
			lease: (stage) => stage.approved(documents()),
		}),
		refused({
			attack: 'A file under a revoked lease that it was downloaded under before',
			gates: LOCKS,
			async lease(stage) {
				const lease = await stage.active(documents());
				const read = download(stage, lease);
				expect((await read.send()).text).toContain(read.target);
				return stage.ended(lease);
			},
		}),
		refused({
			attack: 'A file under an expired lease that the broker has ended',
			gates: LOCKS,
			async lease(stage) {
				const lease = await stage.active(documents());
				await backdate(stage.installation, lease, '31 minutes');
				await stage.broker.expire(await stage.idOf(lease));
				return lease;
			},
		}),
		refused({
			attack: 'A file under an expired lease while no broker runs, so that its grant still exists',
			gates: BY_TIME,
			async lease(stage) {
				const lease = await stage.active(documents());
				await backdate(stage.installation, lease, '31 minutes');
				return lease;
			},
		}),
		refused({
			attack: 'A file under an exhausted lease',
			gates: LOCKS,
			lease: (stage) => exhausted(stage),
		}),
		spent,
		meanwhile,
		beyond({
			attack: 'The file of another firm’s document',
			reason: 'NO_LEASE',
			gates: LOCKS,
			wish: () => documents(),
			isForeign: true,
		}),
		beyond({
			attack: 'A file under a lease for notes',
			reason: 'CLASS',
			gates: LOCKS,
			wish: () => ({ classes: ['NOTE'] }),
		}),
		beyond({
			attack: 'A file under a lease for document descriptions',
			reason: 'COORDINATE',
			gates: NOT_BY_KEY,
			wish: () => documents({ coordinates: ['Document.description'] }),
		}),
		beyond({
			attack: 'The latest file of a document under a lease for the content of versions',
			reason: 'COORDINATE',
			gates: NOT_BY_KEY,
			wish: () => documents({ coordinates: ['DocumentVersion.content'] }),
		}),
		beyond({
			attack: 'A file under a lease for another record',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.client] }),
		}),
		beyond({
			attack: 'The file of a version of the covered document: a version is a record of its own',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.document] }),
			number: 1,
		}),
		beyond({
			attack: 'The latest file of a document under a lease for its version',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.documentVersion] }),
		}),
	],
};

/** Makes a lease that ended because its budget was used up, and whose grant is revoked. */
async function exhausted(stage: LockStage): Promise<string> {
	const lease = await stage.active(documents({ readBudget: 1 }));
	const read = download(stage, lease);
	expect((await read.send()).text).toContain(read.target);
	// The last reader ends the lease after the file was sent.
	await until(async () => (await stage.stateOf(lease)) === 'EXHAUSTED');
	await stage.broker.clear(await stage.idOf(lease));
	return lease;
}
