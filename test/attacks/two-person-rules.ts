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

/** A and C are approvers of long standing; B is one by the word of A, to which C agreed; C2 is a second account of C. */
export type Who = 'A' | 'B' | 'C' | 'C2';

/** Read when a rule is tried, not before. */
interface Everyone {
	readonly scene: Scene;
	readonly office: Installation;
	/** Of operators. */
	readonly sight: Plane;
	readonly tokens: Readonly<Record<Who, Person>>;
	readonly by: (who: Who) => Promise<OperatorPrincipal>;
}

export interface Rule {
	readonly of: string;
	/** What the first of two does; answers what the second is asked about. */
	readonly ask: (who: Who) => Promise<string>;
	readonly agree: (who: Who, what: string) => Promise<unknown>;
	readonly undo: (what: string) => Promise<unknown>;
}

/** Everything that two persons are asked for. */
export function rulesOfTwo(all: Everyone): readonly Rule[] {
	/** A job as the person who is to agree to it has read it. */
	async function seenJob(id: string) {
		const row = (await all.office.worker.read(null, (tx) => selectJob(tx, id))) as JobRow;
		return { job: id, requestHash: hashJob(row) };
	}

	const job = (of: string, request: () => JobRequest): Rule => ({
		of,
		async ask(who) {
			const { user } = await all.by(who);
			const asker = { on: 'cli' as const, user, record: async () => {} };
			return (await requestJob({ plane: all.office.worker, rights: all.office.rights }, request(), asker)).job.id;
		},
		agree: async (who, id) => approveJob(all.office, await seenJob(id), await all.by(who)),
		undo: (id) => cancelRequestedJob(all.office, id),
	});

	/** Of something that is over, or was told: what the second does of it. */
	async function outcomeOf(answer: ReturnType<Scene['api']['ask']>): Promise<void> {
		const { errors } = await answer;
		if (errors.length > 0) throw { code: errors[0]?.extensions.code };
	}

	const ofKeys = { class: null, version: null };
	const sitting = writeRecoveryTerms({ escrow: 'a'.repeat(64), minutes: 5 });
	const leases = () => leasesOver(all.scene.api.ask);

	return [
		{
			of: 'a lease of a firm that is only notified, and asks for two approvers',
			async ask(who) {
				await leases().setPolicy(all.scene.north.owner, 'NOTIFY', 2);
				const lease = await leases().requested(all.scene.operator, all.scene.north.id);
				expect((await leases().approve(all.tokens[who], lease)).errors).toEqual([]);
				return lease.id;
			},
			async agree(who, id) {
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
			async ask(who) {
				await leases().setPolicy(all.scene.north.owner, 'NOTIFY', 2);
				const lease = await leases().requested(all.scene.operator, all.scene.north.id);
				expect((await leases().approve(all.tokens[who], lease)).errors).toEqual([]);
				expect((await leases().step(all.scene.north.owner, 'deny', lease.id)).errors).toEqual([]);
				return lease.id;
			},
			agree: (who, id) => outcomeOf(leases().step(all.tokens[who], 'review', id)),
			undo: async () => {},
		},
		{
			of: 'an alert',
			async ask(who) {
				const [row] = await all.scene.admin`insert into alerts (id, rule, severity, subject, actor_id, count, last_at)
				values (generate_uuid_v7(), 'MANY_FIRMS', 'ALERT', gen_random_uuid(), ${idOf(all.tokens[who])}, 1, now()) returning id`;
				return row?.id;
			},
			agree: (who, id) =>
				outcomeOf(
					all.scene.api.ask(all.tokens[who], `mutation { acknowledgeAlert(input: { id: "${id}" }) { alert { id } } }`),
				),
			undo: async () => {},
		},
		job('the end of a key', () => ({ firm: all.scene.north.id, kind: 'DESTROY', class: 'NOTE', version: 1 })),
		job('an erasure', () => ({
			...ofKeys,
			firm: all.scene.north.id,
			kind: 'ERASE',
			terms: writeEraseTerms(eraseTermsFrom(new Date(), 30, 7)),
		})),
		{
			of: 'the release of a hold',
			async ask(who) {
				const on = { firm: all.scene.north.id, type: 'Firm' as const, id: all.scene.north.id };
				return (await setHold({ ...all.office, operatorPlane: all.sight }, on, { ticket: 'T-1' }, await all.by(who)))
					.hold;
			},
			async agree(who, id) {
				const by = await all.by(who);
				const { requestHash } = await checkLiftHold(all.office, id, by);
				await liftHold(all.office, { hold: id, requestHash }, by);
			},
			undo: (id) => all.scene.admin`delete from legal_holds where id = ${id}`,
		},
		{
			of: 'another owner of a firm',
			async ask(who) {
				const firm = await findFirm(all.office, all.scene.north.id);
				return (await requestRecovery(all.office, firm, { email: 'member@north.example' }, await all.by(who))).recovery
					.id;
			},
			async agree(who) {
				const firm = await findFirm(all.office, all.scene.north.id);
				const by = await all.by(who);
				await approveRecovery(all.office, firm, (await findRecovery(all.office, firm, by)).requestHash, by);
			},
			undo: async () => cancelRecovery(all.office, await findFirm(all.office, all.scene.north.id), await all.by('A')),
		},
		job('a recovery of a firm’s keys', () => ({
			...ofKeys,
			firm: all.scene.north.id,
			kind: 'RECOVER',
			terms: sitting,
		})),
		job('a drill of a firm’s escrow', () => ({ ...ofKeys, firm: all.scene.north.id, kind: 'DRILL', terms: sitting })),
		job('the end of what a moved column has in the clear', () => ({
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
			of: 'the clock',
			async ask(who) {
				await all.scene.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
				expect((await resetClock(all.office, null, await all.by(who))).step).toBe('ASKED');
				return '';
			},
			async agree(who) {
				const by = await all.by(who);
				const { others } = await planClockReset(all.office, by);
				expect((await resetClock(all.office, others?.requestHash ?? null, by)).step).toBe('RESET');
			},
			async undo() {
				await all.scene.admin`delete from clock_resets`;
				await all.scene.admin`update clock_high_water_marks set at = clock_timestamp()`;
			},
		},
		job('an escrow of the platform’s keys', () => ({ ...ofKeys, firm: PLATFORM_FIRM_ID, kind: 'ESCROW', terms: '{}' })),
		job('who operates the platform', () => ({ ...ofKeys, firm: PLATFORM_FIRM_ID, kind: 'ADD_OPERATOR', terms: '{}' })),
		job('what an operator may do', () => ({ ...ofKeys, firm: PLATFORM_FIRM_ID, kind: 'APPOINT', terms: '{}' })),
	];
}
