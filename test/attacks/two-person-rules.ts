import { expect } from 'vitest';
import type { OperatorPrincipal } from '../../src/access/index.ts';
import { type JobRow, type Plane, selectJob } from '../../src/database/index.ts';
import {
	approveRecovery,
	cancelRecovery,
	findFirm,
	findRecovery,
	planClockReset,
	requestRecovery,
	resetClock,
} from '../../src/firms/index.ts';
import { eraseTermsFrom, writeEraseTerms } from '../../src/jobs/engine/erase-terms.ts';
import { writeRecoveryTerms } from '../../src/jobs/escrow/index.ts';
import {
	approveJob,
	cancelRequestedJob,
	checkLiftHold,
	hashJob,
	type JobRequest,
	liftHold,
	requestJob,
	setHold,
} from '../../src/jobs/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { Installation } from '../../src/wiring/installation.ts';
import { leasesOver } from '../leases/by-api.ts';
import { idOf } from '../support/claims.ts';
import type { Person } from '../support/person.ts';
import type { Scene } from './scene.ts';

/** A and C are long-time approvers. A introduced B, and C approved it. C2 is a second account of C. */
export type Who = 'A' | 'B' | 'C' | 'C2';

/** The people and the installation. Rules read these only when they are tried. */
interface Everyone {
	readonly scene: Scene;
	readonly adminContext: Installation;
	/** The operator plane. */
	readonly operatorPlane: Plane;
	readonly tokens: Readonly<Record<Who, Person>>;
	readonly by: (who: Who) => Promise<OperatorPrincipal>;
}

export interface Rule {
	readonly of: string;
	/** The first person's step. Returns the id that the second person approves. */
	readonly request: (who: Who) => Promise<string>;
	readonly approve: (who: Who, what: string) => Promise<unknown>;
	readonly undo: (what: string) => Promise<unknown>;
}

/** Every decision that needs two persons. */
export function rulesOfTwo(all: Everyone): readonly Rule[] {
	/** A job with its hash, as its approver has read it. */
	async function seenJob(id: string) {
		const row = (await all.adminContext.worker.read(null, (tx) => selectJob(tx, id))) as JobRow;
		return { job: id, requestHash: hashJob(row) };
	}

	const job = (of: string, request: () => JobRequest): Rule => ({
		of,
		async request(who) {
			const { user } = await all.by(who);
			const asker = { on: 'cli' as const, user, record: async () => {} };
			return (await requestJob({ plane: all.adminContext.worker, rights: all.adminContext.rights }, request(), asker))
				.job.id;
		},
		approve: async (who, id) => approveJob(all.adminContext, await seenJob(id), await all.by(who)),
		undo: (id) => cancelRequestedJob(all.adminContext, id),
	});

	/** Throws the code of a failed answer. */
	async function outcomeOf(answer: ReturnType<Scene['api']['ask']>): Promise<void> {
		const { errors } = await answer;
		if (errors.length > 0) throw { code: errors[0]?.extensions.code };
	}

	const ofKeys = { class: null, version: null };
	const sitting = writeRecoveryTerms({ escrow: 'a'.repeat(64), minutes: 5 });
	const leases = () => leasesOver(all.scene.api.ask);

	return [
		{
			of: 'a lease of a firm with the policy NOTIFY and two approvers',
			async request(who) {
				await leases().setPolicy(all.scene.north.owner, 'NOTIFY', 2);
				const lease = await leases().requested(all.scene.operator, all.scene.north.id);
				expect((await leases().approve(all.tokens[who], lease)).errors).toEqual([]);
				return lease.id;
			},
			async approve(who, id) {
				const { errors, data } = await leases().approve(all.tokens[who], await leases().see(all.tokens[who], id));
				if (errors.length > 0) throw { code: errors[0]?.extensions.code };
				expect(data.approveBreakGlass.lease.state).toBe('APPROVED');
			},
			async undo(id) {
				await leases().step(all.scene.north.owner, 'deny', id);
				await leases().step(all.scene.north.owner, 'revoke', id);
			},
		},
		{
			of: 'the review of a lease',
			async request(who) {
				await leases().setPolicy(all.scene.north.owner, 'NOTIFY', 2);
				const lease = await leases().requested(all.scene.operator, all.scene.north.id);
				expect((await leases().approve(all.tokens[who], lease)).errors).toEqual([]);
				expect((await leases().step(all.scene.north.owner, 'deny', lease.id)).errors).toEqual([]);
				return lease.id;
			},
			approve: (who, id) => outcomeOf(leases().step(all.tokens[who], 'review', id)),
			undo: async () => {},
		},
		{
			of: 'the acknowledgement of an alert',
			async request(who) {
				const [row] = await all.scene.admin`insert into alerts (id, rule, severity, subject, actor_id, count, last_at)
				values (generate_uuid_v7(), 'MANY_FIRMS', 'ALERT', gen_random_uuid(), ${idOf(all.tokens[who])}, 1, now()) returning id`;
				return row?.id;
			},
			approve: (who, id) =>
				outcomeOf(
					all.scene.api.ask(all.tokens[who], `mutation { acknowledgeAlert(input: { id: "${id}" }) { alert { id } } }`),
				),
			undo: async () => {},
		},
		job('the destruction of a key', () => ({ firm: all.scene.north.id, kind: 'DESTROY', class: 'NOTE', version: 1 })),
		job('an erasure', () => ({
			...ofKeys,
			firm: all.scene.north.id,
			kind: 'ERASE',
			terms: writeEraseTerms(eraseTermsFrom(new Date(), 30, 7)),
		})),
		{
			of: 'the release of a hold',
			async request(who) {
				const on = { firm: all.scene.north.id, type: 'Firm' as const, id: all.scene.north.id };
				return (
					await setHold(
						{ ...all.adminContext, operatorPlane: all.operatorPlane },
						on,
						{ ticket: 'T-1' },
						await all.by(who),
					)
				).hold;
			},
			async approve(who, id) {
				const by = await all.by(who);
				const { requestHash } = await checkLiftHold(all.adminContext, id, by);
				await liftHold(all.adminContext, { hold: id, requestHash }, by);
			},
			undo: (id) => all.scene.admin`delete from legal_holds where id = ${id}`,
		},
		{
			of: 'a new owner of a firm',
			async request(who) {
				const firm = await findFirm(all.adminContext, all.scene.north.id);
				return (await requestRecovery(all.adminContext, firm, { email: 'member@north.example' }, await all.by(who)))
					.recovery.id;
			},
			async approve(who) {
				const firm = await findFirm(all.adminContext, all.scene.north.id);
				const by = await all.by(who);
				await approveRecovery(all.adminContext, firm, (await findRecovery(all.adminContext, firm, by)).requestHash, by);
			},
			undo: async () =>
				cancelRecovery(all.adminContext, await findFirm(all.adminContext, all.scene.north.id), await all.by('A')),
		},
		job('a recovery of a firm’s keys', () => ({
			...ofKeys,
			firm: all.scene.north.id,
			kind: 'RECOVER',
			terms: sitting,
		})),
		job('a drill of a firm’s escrow', () => ({ ...ofKeys, firm: all.scene.north.id, kind: 'DRILL', terms: sitting })),
		job('the deletion of a migrated column’s plaintext', () => ({
			...ofKeys,
			firm: PLATFORM_FIRM_ID,
			kind: 'CONTRACT',
			subject: 'Note.title',
		})),
		job('a recovery of the platform’s keys', () => ({
			...ofKeys,
			firm: PLATFORM_FIRM_ID,
			kind: 'RECOVER',
			terms: sitting,
		})),
		{
			of: 'a reset of the clock',
			async request(who) {
				await all.scene.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
				expect((await resetClock(all.adminContext, null, await all.by(who))).step).toBe('ASKED');
				return '';
			},
			async approve(who) {
				const by = await all.by(who);
				const { others } = await planClockReset(all.adminContext, by);
				expect((await resetClock(all.adminContext, others?.requestHash ?? null, by)).step).toBe('RESET');
			},
			async undo() {
				await all.scene.admin`delete from clock_resets`;
				await all.scene.admin`update clock_high_water_marks set at = clock_timestamp()`;
			},
		},
		job('an escrow of the platform’s keys', () => ({ ...ofKeys, firm: PLATFORM_FIRM_ID, kind: 'ESCROW', terms: '{}' })),
		job('a new operator of the platform', () => ({
			...ofKeys,
			firm: PLATFORM_FIRM_ID,
			kind: 'ADD_OPERATOR',
			terms: '{}',
		})),
		job('a change of an operator’s roles', () => ({ ...ofKeys, firm: PLATFORM_FIRM_ID, kind: 'APPOINT', terms: '{}' })),
	];
}
