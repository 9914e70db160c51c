import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorPrincipal } from '../../src/access/index.ts';
import { createAuthenticator, identifyPrincipal } from '../../src/api/index.ts';
import { approverOfToken } from '../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../src/config/config.ts';
import { type JobRow, type Plane, selectJob, selectNow, selectOperators } from '../../src/database/index.ts';
import {
	addFirstOperators,
	areIndependentApprovers,
	derivePersonId,
	disableOperator,
	filterProvenApprovers,
} from '../../src/firms/index.ts';
import { cancelRequestedJob, requestPerson, selectOperatorsNow } from '../../src/jobs/index.ts';
import { decideOnPerson } from '../../src/jobs/people/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openIssuer, openPlaneOf } from '../../src/wiring/index.ts';
import type { Installation } from '../../src/wiring/installation.ts';
import { disabledAgo, pastGuard } from '../jobs/forged-jobs.ts';
import { ended } from '../jobs/stage.ts';
import { idOf } from '../support/claims.ts';
import type { TestWorker } from '../support/installation.ts';
import type { Person } from '../support/person.ts';
import { approveJobByCommand, firmsealJson } from '../system/program.ts';
import { claimsOf, forgeToken, makeScene, type Scene } from './scene.ts';
import { type Rule, rulesOfTwo, type Who } from './two-person-rules.ts';

let scene: Scene;
let adminContext: Installation;
let operatorPlane: Plane;
let worker: TestWorker;
const tokens = {} as Record<Who, Person>;
const as = (token: Person) => ({ ...scene.installation.env, FIRMSEAL_TOKEN: `${token}` });
const command = (token: Person, ...words: string[]) => firmsealJson(as(token), ...words);
const by = (who: Who): Promise<OperatorPrincipal> => approverOfToken(readConfig(as(tokens[who])), adminContext);
const add = (email: string, ...roles: string[]) => ['operator', 'add', '--email', email, '--role', ...roles];
const operators = async (): Promise<number> =>
	(await scene.admin`select count(*)::int as n from operators where disabled_at is null`)[0]?.n;

/** Backdates the approval of a job, which only the database's superuser can. */
const backdateApproval = (job: string, hours: number) =>
	pastGuard(
		scene.installation,
		`update jobs set agreed_at = clock_timestamp() - interval '${hours} hours', next_at = clock_timestamp() where id = '${job}'`,
	);

/** Backdates the introduction of a person, with a matching MAC. */
async function backdateIntroduction(who: Who, days: number): Promise<void> {
	const interval = `${days} days`;
	await scene.admin`update operators set introduced_at = clock_timestamp() - ${interval}::interval where user_id = ${idOf(tokens[who])}`;
	await scene.installation.proofs.operator(idOf(tokens[who]));
}

beforeAll(async () => {
	scene = await makeScene();
	const { installation } = scene;
	adminContext = await installation.adminContext.use(async (of) => of);
	worker = await installation.startWorker();
	operatorPlane = openPlaneOf(installation.database, 'firmseal_operator', 1);
	tokens.A = scene.approver;
	tokens.C = scene.second;
	tokens.C2 = await installation.addOperator('APPROVER');
	await scene.admin`update users set person_id = (select person_id from users where id = ${idOf(tokens.C)}) where id = ${idOf(tokens.C2)}`;
	await installation.proofs.operator(idOf(tokens.C2));
});
afterAll(async () => {
	await operatorPlane?.close();
	await scene?.installation.close();
});

describe('a human who creates accounts', () => {
	it('gets no account by a request alone, cannot approve the own requests, and all owners are notified', async () => {
		const before = await operators();
		const jobs: string[] = [];
		for (const name of ['x', 'y', 'z']) {
			const { code, result } = await command(tokens.A, ...add(`${name}@platform.example`, 'APPROVER'));
			expect([code, result.job.state, result.job.kind]).toEqual([0, 'WAITING', 'APPOINT']);
			jobs.push(result.job.id);
			expect(await approveJobByCommand((...of) => command(tokens.A, ...of), result.job.id)).toMatchObject({
				code: 1,
				error: { code: 'FORBIDDEN' },
			});
		}
		expect(await command(tokens.A, ...add('x@platform.example', 'OPERATOR'))).toMatchObject({
			error: { code: 'CONFLICT' },
		});
		expect(await operators()).toBe(before);
		expect(await scene.admin`select from users where email = 'x@platform.example'`).toHaveLength(0);
		for (const { id } of [scene.north, scene.harbour]) {
			const told =
				await scene.admin`select kind, audience from notices where firm_id = ${id} and job_id in ${scene.admin(jobs)}`;
			expect(told).toEqual(jobs.map(() => ({ kind: 'JOB_REQUESTED', audience: 'OWNERS' })));
		}
		await worker.advance(10_000);
		const alerts = await scene.admin`select severity, count from alerts where rule = 'APPROVER_ASKED'`;
		expect(alerts).toEqual([{ severity: 'PAGE', count: 3 }]);
		for (const job of jobs) await cancelRequestedJob(adminContext, job);
	});

	it('gets another approver account only with another person’s approval, and after the waiting period', async () => {
		const email = 'b@platform.example';
		const { result } = await command(tokens.A, ...add(email, 'APPROVER'));
		const { id } = result.job;
		const shown = await command(tokens.C, 'job', 'approve', '--job', id, '--dry-run');
		expect(shown.result).toMatchObject({ dryRun: true, person: { email, roles: ['APPROVER'], sameAs: null } });
		expect(await approveJobByCommand((...of) => command(tokens.C, ...of), id)).toMatchObject({ code: 0 });
		for (const hours of [0, 23]) {
			await backdateApproval(id, hours);
			await worker.advance(2_000);
			expect(await scene.admin`select state from jobs where id = ${id}`).toEqual([{ state: 'QUEUED' }]);
		}
		await backdateApproval(id, 24);
		expect(await ended(scene.installation, id)).toMatchObject({ state: 'DONE' });
		tokens.B = await scene.installation.person(email);
		const [row] = await scene.admin`select roles, introduced_by, introduced_at > now() - interval '1 minute' as is_new
			from operators where user_id = ${idOf(tokens.B)}`;
		expect(row).toEqual({ roles: ['APPROVER'], introduced_by: [(await by('A')).person], is_new: true });
	});

	it('gets no one added if the approver is disabled while the request waits', async () => {
		const { result } = await command(tokens.C, ...add('late@platform.example', 'APPROVER'));
		const gone = await scene.installation.addOperator('APPROVER');
		expect(await approveJobByCommand((...of) => command(gone, ...of), result.job.id)).toMatchObject({ code: 0 });
		const [account] = await scene.admin`select email from users where id = ${idOf(gone)}`;
		await disableOperator(adminContext, account?.email, await by('C'));
		await backdateApproval(result.job.id, 100);
		expect(await ended(scene.installation, result.job.id)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		expect(await scene.admin`select from users where email = 'late@platform.example'`).toHaveLength(0);
	});

	it('adds no one by SQL: no role sets the time of approval, and the function adds a person only for its own job', async () => {
		const login = scene.installation.signIn('worker');
		const denied = { code: '42501' };
		await expect(
			login.begin(async (tx) => {
				await tx`set local role firmseal_worker`;
				await tx`update jobs set agreed_at = now() - interval '90 hours'`;
			}),
		).rejects.toMatchObject(denied);
		await login.begin(async (tx) => {
			await tx`set local role firmseal_maintenance`;
			const [row] = await tx`select appoint_operator('{}', now(), ${Buffer.alloc(36)}) as done`;
			expect(row?.done).toBe(false);
		});
	});

	it('removes no approver by SQL with a forged job, committed or not, and owners are notified if a superuser removes one', async () => {
		const { admin, installation, north } = scene;
		const victim = idOf(tokens.C);
		const login = installation.signIn('worker');
		const junk = Buffer.alloc(36, 1);
		const forgesJob = (id: string) => async (tx: TransactionSql) => {
			await tx`set local role firmseal_worker`;
			await tx`update operators set mac = null where user_id = ${victim}`;
			await tx`insert into jobs (id, firm_id, kind, subject, terms, state, asked_on, asked_by, asked_at, mac)
				values (${id}, ${PLATFORM_FIRM_ID}, 'ADD_OPERATOR', ${`User.${victim}`}, ${JSON.stringify({ user: victim, isNew: false, roles: ['AUDITOR'] })},
					'WAITING', 'cli', ${idOf(tokens.A)}, now(), ${junk})`;
			await tx`update jobs set state = 'QUEUED', agreed_by = ${victim}, agreed_mac = ${junk} where id = ${id}`;
		};
		const runsJob = (id: string) => async (tx: TransactionSql) => {
			await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${id}, true)`;
			await tx`update jobs set state = 'RUNNING' where id = ${id}`;
			return (
				await tx`select current_job() as job, appoint_operator('{}', now() - interval '60 days', ${junk}) as done`
			)[0];
		};
		const told = async () =>
			(await admin`select 1 from notices where kind = 'APPROVER_DISABLED' and firm_id = ${north.id}`).length;
		const before = await told();
		try {
			const [one, two] = [uuidv7(), uuidv7()];
			const atOnce = login.begin(async (tx) => {
				await forgesJob(one)(tx);
				const row = await runsJob(one)(tx);
				await tx`savepoint later`;
				expect(row).toEqual({ job: null, done: false });
				throw new Error('Rolled back.');
			});
			await expect(atOnce).rejects.toThrow('Rolled back.');
			await login.begin(forgesJob(two));
			expect(await login.begin(runsJob(two))).toEqual({ job: two, done: false });
			const [row] = await admin`select roles, one_decides_alone() as alone from operators where user_id = ${victim}`;
			expect([row?.roles, row?.alone]).toEqual([['APPROVER'], false]);
			expect(await told()).toBe(before);
			await admin`update operators set roles = '{AUDITOR}' where user_id = ${victim}`;
			expect(await told()).toBe(before + 1);
		} finally {
			await admin`update operators set roles = '{APPROVER}' where user_id = ${victim}`;
			await installation.proofs.operator(victim);
			await pastGuard(
				installation,
				`update jobs set state = 'FAILED', ended_at = now() where kind = 'ADD_OPERATOR' and ended_at is null`,
			);
		}
	});
});

describe('an approver who requests and cancels jobs', () => {
	it('requests through the worker’s login only in the name of a person of the platform', async () => {
		const login = scene.installation.signIn('worker');
		const ask = (askedBy: string | null) =>
			login.begin(async (tx) => {
				await tx`set local role firmseal_worker`;
				await tx`insert into jobs (id, firm_id, kind, subject, asked_on, asked_by, asked_at, state, mac)
					select gen_random_uuid(), firm_id, kind, 'User.' || gen_random_uuid(), asked_on, ${askedBy}, asked_at, 'WAITING', mac
					from jobs where kind = 'APPOINT' limit 1`;
			});
		for (const askedBy of [null, idOf(scene.north.owner)])
			await expect(ask(askedBy)).rejects.toMatchObject({ code: '23000' });
	});

	it('cannot flood owners: notices are counted and limited, and another’s approval has its own notice', async () => {
		const { admin } = scene;
		const [was] = await admin`select per_hour, notices_before_folding from request_limits`;
		await admin`update request_limits set per_hour = 6, notices_before_folding = 2`;
		// Makes earlier notices and jobs too old to count.
		await admin`update notices set created_at = created_at - interval '2 hours'`;
		await pastGuard(scene.installation, `update jobs set next_at = next_at - interval '2 hours'`);
		const [row] = await admin`select clock_timestamp() as now`;
		const told = async (firm: string) =>
			(
				await admin`select kind, job_state, repeats from notices where firm_id = ${firm} and created_at >= ${row?.now}
					order by created_at, id`
			).map(({ kind, job_state, repeats }) => [kind, job_state, repeats]);
		const asked = async (n: number) =>
			(await command(tokens.A, ...add(`n${n}@platform.example`, 'APPROVER'))).result.job.id;
		for (let n = 0; n < 4; n++) await cancelRequestedJob(adminContext, await asked(n));
		const folded = [
			['JOB_REQUESTED', 'WAITING', 0],
			['JOB_ENDED', 'CANCELLED', 0],
			['JOB_REQUESTED', 'WAITING', 2],
			['JOB_ENDED', 'CANCELLED', 2],
		];
		for (const { id } of [scene.north, scene.harbour]) expect(await told(id)).toEqual(folded);
		const wanted = await asked(4);
		folded.splice(2, 1, ['JOB_REQUESTED', 'WAITING', 3]);
		expect(await told(scene.north.id)).toEqual(folded);
		expect(await approveJobByCommand((...of) => command(tokens.C, ...of), wanted)).toMatchObject({ code: 0 });
		await backdateApproval(wanted, 24);
		expect(await ended(scene.installation, wanted)).toMatchObject({ state: 'DONE' });
		const done = [...folded, ['JOB_REQUESTED', 'QUEUED', 0], ['JOB_ENDED', 'DONE', 0]];
		for (const { id } of [scene.north, scene.harbour]) expect(await told(id)).toEqual(done);
		await asked(5);
		expect(await command(tokens.A, ...add('n6@platform.example', 'APPROVER'))).toMatchObject({
			code: 1,
			error: { code: 'RATE_LIMITED', message: expect.stringMatching(/^You have requested too many jobs/) },
		});
		// The limit covers all accounts of a person. Another person may still request.
		expect(await command(tokens.C, ...add('n6@platform.example', 'APPROVER'))).toMatchObject({ code: 0 });
		for (const each of await admin`select id from jobs where state = 'WAITING'`)
			await cancelRequestedJob(adminContext, each.id);
		await disableOperator(adminContext, 'n4@platform.example', await by('A'));
		await disabledAgo(scene.installation, 31);
		await admin`update request_limits set per_hour = ${was?.per_hour}, notices_before_folding = ${was?.notices_before_folding}`;
	});
});

describe('an approver who disables the others', () => {
	const gone: string[] = [];
	const disableAllBut = async (...kept: Who[]) => {
		const rest = await scene.admin`select user_id, email from operators join users on id = user_id
			where 'APPROVER' = any (roles) and operators.disabled_at is null and user_id not in ${scene.admin(kept.map((who) => idOf(tokens[who])))}`;
		for (const { user_id, email } of rest) {
			await disableOperator(adminContext, email, await by('A'));
			gone.push(user_id);
		}
	};
	const enableThem = async () => {
		for (const user of gone.splice(0)) {
			await scene.admin`update operators set disabled_at = null where user_id = ${user}`;
			await scene.installation.proofs.operator(user);
		}
	};

	it('cannot become the only one who decides: the program and the database prevent it for 30 days', async () => {
		await disableAllBut('A');
		const { result } = await command(tokens.A, ...add('own@platform.example', 'APPROVER'));
		const { id } = result.job;
		try {
			expect(await approveJobByCommand((...of) => command(tokens.A, ...of), id)).toMatchObject({
				error: { code: 'FORBIDDEN' },
			});
			// With the worker's login: a forged approval, after hiding that there were other approvers.
			const login = scene.installation.signIn('worker');
			const says = (others: Record<string, unknown>) =>
				login.begin(async (tx) => {
					await tx`set local role firmseal_worker`;
					if (Object.keys(others).length > 0)
						await tx`update operators set ${tx(others)} where disabled_at is not null and 'APPROVER' = any (roles)`;
					await tx`update jobs set state = 'QUEUED', agreed_by = asked_by, agreed_mac = ${Buffer.alloc(36)} where id = ${id}`;
				});
			const ago = new Date(Date.now() - 40 * 86_400_000);
			for (const others of [{}, { disabled_at: ago }, { disabled_at: null }, { roles: ['AUDITOR'] }, { mac: null }])
				await expect(says(others), JSON.stringify(others)).rejects.toMatchObject({ code: '23000' });
			// An approver whose row has no valid MAC does not help.
			const [unproven] = gone;
			await scene.admin`update operators set disabled_at = null, mac = null where user_id = ${unproven as string}`;
			await disabledAgo(scene.installation, 31);
			expect(await approveJobByCommand((...of) => command(tokens.A, ...of), id)).toMatchObject({
				error: { code: 'FORBIDDEN' },
			});
			await scene.admin`update operators set disabled_at = now() where user_id = ${unproven as string}`;
			await disabledAgo(scene.installation, 31);
			expect(await approveJobByCommand((...of) => command(tokens.A, ...of), id)).toMatchObject({ code: 0 });
			// And not if another approver is disabled while the job waits.
			await backdateApproval(id, 100);
			await disabledAgo(scene.installation, 29);
			expect(await ended(scene.installation, id)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		} finally {
			await enableThem();
		}
		expect(await scene.admin`select from users where email = 'own@platform.example'`).toHaveLength(0);
	});

	it('finds the same rules in the database and the program: who decides about whom, and when', async () => {
		const [asked] = await scene.admin`select * from jobs where kind = 'APPOINT' and state = 'DONE' limit 1`;
		const job = asked?.id as string;
		const pairs = [
			['A', 'C'],
			['A', 'B'],
			['C', 'C2'],
			['A', 'A'],
		] as const;
		const said: (readonly [string, boolean, boolean])[] = [];
		const compare = async (of: string) => {
			for (const [one, two] of pairs)
				for (const hours of [23, 25, 71, 73]) {
					const agreedBy = idOf(tokens[two]);
					await pastGuard(
						scene.installation,
						`update jobs set state = 'RUNNING', ended_at = null, asked_by = '${idOf(tokens[one])}',
						agreed_by = '${agreedBy}', agreed_at = clock_timestamp() - interval '${hours} hours' where id = '${job}'`,
					);
					const { row, standing } = await adminContext.worker.read(null, async (tx) => ({
						row: await selectJob(tx, job),
						standing: await selectOperatorsNow(tx),
					}));
					const { isWanted, wait } = await decideOnPerson(adminContext.rights, row as JobRow, standing);
					const [byDatabase] = await scene.admin.begin(async (tx) => {
						await tx`select set_config('firmseal.job', ${job}, true)`;
						return tx`select job_appoints() as yes`;
					});
					said.push([`${of}: ${one} and ${two}, ${hours} hours ago`, isWanted && wait === 0, byDatabase?.yes]);
				}
		};
		await backdateIntroduction('B', 29);
		await compare('all are there');
		await backdateIntroduction('A', 20);
		await compare('A is new');
		await backdateIntroduction('A', 40);
		await disableAllBut('A', 'B');
		await compare('C was just disabled');
		await disabledAgo(scene.installation, 31);
		await compare('C was disabled long ago');
		await enableThem();
		await pastGuard(scene.installation, `update jobs set state = 'DONE', ended_at = now() where id = '${job}'`);
		expect(said.filter(([, program, database]) => program !== database)).toEqual([]);
		expect(said.filter(([, program]) => program).map(([of]) => of)).toEqual([
			...[25, 71, 73].map((hours) => `all are there: A and C, ${hours} hours ago`),
			'A is new: A and C, 73 hours ago',
			'C was disabled long ago: A and B, 73 hours ago',
			'C was disabled long ago: A and A, 73 hours ago',
		]);
	});
});

describe('under a claim that identifies persons', () => {
	it('an account can be signed in to only by its own person', async () => {
		const { installation, admin } = scene;
		const claims = claimsOf(tokens.A);
		const person = derivePersonId(adminContext.issuer, 'a-1');
		const [before] = await admin`select person_id from users where id = ${claims.sub}`;
		const { keys } = await openIssuer(installation.config);
		const { tokenRules: rules } = installation.config;
		const authenticate = createAuthenticator({
			issuer: adminContext.issuer,
			audience: 'firmseal',
			keys,
			rules,
			personClaim: 'oid',
		});
		const deps = { authenticate, plane: adminContext.worker, rights: { operator: adminContext.rights } };
		const signIn = async (more: object) => {
			const { exp: _, ...rest } = claims;
			const token = await forgeToken(installation.directory, { ...rest, ...more });
			return identifyPrincipal(deps, `Bearer ${token}`).then(
				({ principal }) => principal.person,
				({ code }) => code,
			);
		};
		await admin`update users set person_id = ${person} where id = ${claims.sub}`;
		await installation.proofs.operator(claims.sub);
		const said = [await signIn({ oid: 'a-1' }), await signIn({ oid: 'b-2' }), await signIn({})];
		await admin`update users set person_id = ${before?.person_id} where id = ${claims.sub}`;
		await installation.proofs.operator(claims.sub);
		expect(said).toEqual([person, 'FORBIDDEN', 'FORBIDDEN']);
	});

	it('two accounts with the same claim are one person, no matter who adds them', async () => {
		const claiming = { ...adminContext, personClaim: 'oid' };
		const wanted = (name: string, said?: string) => ({
			email: `${name}@platform.example`,
			name,
			roles: ['APPROVER'] as const,
			said,
		});
		const ask = async (name: string, said?: string) =>
			(await requestPerson(claiming, wanted(name, said), await by('A'))).terms;
		expect((await ask('d', 'd-1')).person).toBe((await ask('d.two', 'd-1')).person);
		expect((await ask('d', 'd-1')).person).not.toBe((await ask('e', 'e-1')).person);
		await expect(ask('f')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		await expect(ask('f', 'f-ü')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		const sameAs = 'approver@platform.example';
		await expect(requestPerson(claiming, { ...wanted('f', 'f-1'), sameAs }, await by('A'))).rejects.toMatchObject({
			code: 'BAD_USER_INPUT',
		});
		await expect(requestPerson(adminContext, wanted('f', 'f-1'), await by('A'))).rejects.toMatchObject({
			code: 'BAD_USER_INPUT',
		});
		await expect(addFirstOperators(claiming, [wanted('f', 'f-1'), wanted('g', 'f-1')])).rejects.toMatchObject({
			code: 'BAD_USER_INPUT',
		});
	});
});

const RULES = rulesOfTwo({
	get scene() {
		return scene;
	},
	get adminContext() {
		return adminContext;
	},
	get operatorPlane() {
		return operatorPlane;
	},
	tokens,
	by,
});

/** Whether the second person's approval counts under the rule: COUNTS, or the code of the refusal. */
async function outcomeOf({ request, approve, undo }: Rule, first: Who, second: Who): Promise<string> {
	const what = await request(first);
	try {
		await approve(second, what);
		return 'COUNTS';
	} catch (error) {
		return (error as { code: string }).code;
	} finally {
		await undo(what);
	}
}

describe('for a decision that needs two persons', () => {
	it.each(RULES)(
		'$of: two accounts of one person do not count, nor do an introducer and the introduced, but the approver of the introduction does',
		async (rule) => {
			await backdateIntroduction('B', 29);
			expect(await outcomeOf(rule, 'A', 'B')).toBe('FORBIDDEN');
			expect(await outcomeOf(rule, 'B', 'A')).toBe('FORBIDDEN');
			expect(await outcomeOf(rule, 'C', 'C2')).toBe('FORBIDDEN');
			expect(await outcomeOf(rule, 'C', 'B')).toBe('COUNTS');
			await backdateIntroduction('B', 30);
			expect(await outcomeOf(rule, 'A', 'B')).toBe('COUNTS');
		},
	);

	it('the database agrees with the program about all operators of the platform', async () => {
		for (const days of [29, 30]) {
			await backdateIntroduction('B', days);
			const { rows, now } = await adminContext.worker.read(null, async (tx) => ({
				rows: await selectOperators(tx),
				now: await selectNow(tx),
			}));
			const approvers = await filterProvenApprovers(adminContext.rights, rows);
			const ids = [...approvers.keys()];
			const pairs = ids.flatMap((one) => ids.map((other) => [one, other] as const));
			const said = await scene.admin`select counts_as_one(one, array[other]) as is_one
				from unnest(${pairs.map(([one]) => one)}::uuid[], ${pairs.map(([, other]) => other)}::uuid[]) as p (one, other)`;
			expect(said.map(({ is_one }) => !is_one)).toEqual(
				pairs.map(([one, other]) => areIndependentApprovers(approvers, one, other, now)),
			);
		}
	});
});
