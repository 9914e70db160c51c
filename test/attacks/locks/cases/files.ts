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
	/** Of a version, by its number; else the latest. */
	readonly number?: number;
	readonly token?: Person;
	/** Of the other firm. */
	readonly isForeign?: boolean;
}

/** GET /documents/:id/content under a lease, or under none. */
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
/** A lease on documents is active, so that its grant is there. */
const NOT_BY_KEY: readonly Lock[] = ['resolver', 'database functions'];

interface Refused {
	readonly attack: string;
	readonly gates: readonly Lock[];
	lease(stage: LockStage): Promise<string>;
	token?(stage: LockStage): Person;
}

/** A file under what is no lease that may be used. */
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
	/** What the entry says. */
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
	attack: 'No lease at all: an operator downloads the file of a document',
	expected: 'LEASE_REQUIRED and no byte; NO_LEASE on record',
	gates: LOCKS,
	async prepare(stage) {
		const [without, madeUp] = [download(stage, null), download(stage, unknownLease())];
		const send = () => (stage.removals.isRemoved('resolver') ? madeUp : without).send();
		return { ...without, send, sealed: 'NO_LEASE', file: 'LEASE_REQUIRED' };
	},
});

const spent = readCase({
	attack: 'The same file once more, under a budget of one file that has been downloaded',
	expected: 'LEASE_SCOPE and no byte: what the budget was for is gone',
	gates: ['database functions'],
	async prepare(stage) {
		const lease = await stage.active(documents({ readBudget: 1 }));
		// Somebody is still being answered, so that the lease isn't over with the first download.
		await stage.installation.admin`update lease_budgets set unanswered = 1 where lease_id = ${lease}`;
		const read = download(stage, lease);
		expect((await read.send()).text).toContain(read.target);
		return { ...read, sealed: null, file: 'LEASE_SCOPE' };
	},
});

const meanwhile = readCase({
	attack: 'The owner revokes the lease while the key of a file is under way',
	expected: 'LEASE_NOT_ACTIVE before the first byte; the revoke waits for that answer. Without the lock it doesn’t',
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
		refused({ attack: 'A file under a lease that nobody has', gates: LOCKS, lease: async () => unknownLease() }),
		refused({
			attack: 'A file that a member has just downloaded, so that the firm’s key of documents is at hand',
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
			attack: 'A file under a lease that is approved and not activated',
			gates: LOCKS,
			lease: (stage) => stage.approved(documents()),
		}),
		refused({
			attack: 'A file under a lease that was revoked, and that it was downloaded under before',
			gates: LOCKS,
			async lease(stage) {
				const lease = await stage.active(documents());
				const read = download(stage, lease);
				expect((await read.send()).text).toContain(read.target);
				return stage.ended(lease);
			},
		}),
		refused({
			attack: 'A file under a lease whose time is over, and that the broker has ended',
			gates: LOCKS,
			async lease(stage) {
				const lease = await stage.active(documents());
				await backdate(stage.installation, lease, '31 minutes');
				await stage.broker.expire(await stage.idOf(lease));
				return lease;
			},
		}),
		refused({
			attack: 'A file under a lease whose time is over while no broker runs: its grant is still there',
			gates: BY_TIME,
			async lease(stage) {
				const lease = await stage.active(documents());
				await backdate(stage.installation, lease, '31 minutes');
				return lease;
			},
		}),
		refused({
			attack: 'A file under a lease that is exhausted',
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
			attack: 'A file under a lease for the descriptions of documents',
			reason: 'COORDINATE',
			gates: NOT_BY_KEY,
			wish: () => documents({ coordinates: ['Document.description'] }),
		}),
		beyond({
			attack: 'The latest file of a document under a lease for the files of versions',
			reason: 'COORDINATE',
			gates: NOT_BY_KEY,
			wish: () => documents({ coordinates: ['DocumentVersion.content'] }),
		}),
		beyond({
			attack: 'A file of another document than the lease is for',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.client] }),
		}),
		beyond({
			attack: 'The file of a version of the document that the lease is for: it is a record of its own',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.document] }),
			number: 1,
		}),
		beyond({
			attack: 'The latest file of a document under a lease for the version that it is of',
			reason: 'RECORD',
			gates: BY_TIME,
			wish: ({ ours }) => documents({ records: [ours.ids.documentVersion] }),
		}),
	],
};

/** Its budget is used up, and it was ended for that; its grant is gone. */
async function exhausted(stage: LockStage): Promise<string> {
	const lease = await stage.active(documents({ readBudget: 1 }));
	const read = download(stage, lease);
	expect((await read.send()).text).toContain(read.target);
	// Its last reader ends it, once the file is out.
	await until(async () => (await stage.stateOf(lease)) === 'EXHAUSTED');
	await stage.broker.clear(await stage.idOf(lease));
	return lease;
}
