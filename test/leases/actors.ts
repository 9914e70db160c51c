import { v7 as uuidv7 } from 'uuid';
import type {
	AccessPolicy,
	FirmPrincipal,
	OperatorPrincipal,
	OperatorRole,
	Principal,
} from '../../src/access/index.ts';
import { draftEntry, systemEntry } from '../../src/audit/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { selectDueLeases } from '../../src/database/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { endByBroker, READER_GRACE_MS } from '../../src/leases/broker/end.ts';
import { requestActivation } from '../../src/leases/decide.ts';
import {
	approveLease,
	cancelLease,
	denyLease,
	type LeaseServices,
	releaseLease,
	requestLease,
	reviewLease,
	revokeLease,
	setFirmAccessPolicy,
} from '../../src/leases/index.ts';
import { type DatabaseAccess, openKeyring, openLog, openPlaneOf, openRights } from '../../src/wiring/index.ts';
import { wishOf } from './by-api.ts';
import { readUnder } from './reading.ts';

/** The people of a lease, by user and person id. */
export interface Cast {
	readonly firm: string;
	readonly requester: readonly [user: string, person: string];
	readonly first: readonly [user: string, person: string];
	readonly second: readonly [user: string, person: string];
	readonly owner: readonly [user: string, person: string];
	/** Row id of a note with a title and no body. */
	readonly note: string;
}

export type Player = 'requester' | 'first' | 'second' | 'owner';
type Decider = 'first' | 'second' | 'owner';
/**
 * An act on a lease. `use` is a request that reads and ends. `read` only reads, as if its process died then; it runs SQL in the role of its
 * process, as the broker's transitions do, except `exhaust`.
 */
export type Action =
	/** `other`: index of the digit of the hash that differs from the request's hash. */
	| { readonly do: 'approve'; readonly by: Decider; readonly other?: number }
	| { readonly do: 'deny' | 'revoke'; readonly by: Decider }
	| { readonly do: 'review'; readonly by: Player }
	| { readonly do: 'cancel' | 'activate' | 'release'; readonly by: 'requester' }
	| { readonly do: 'start' | 'expire' | 'lapse' | 'withdraw' | 'exhaust'; readonly by: 'broker' }
	| { readonly do: 'read' | 'use'; readonly by: 'requester'; readonly values: number }
	| { readonly do: 'policy'; readonly by: 'owner'; readonly policy: AccessPolicy };

export const ownerOf = ({ owner, firm }: Pick<Cast, 'owner' | 'firm'>): FirmPrincipal => ({
	kind: 'firm',
	user: owner[0],
	person: owner[1],
	firm,
	role: 'OWNER',
	client: null,
	proven: true,
});

const withOther = (hash: string, digit?: number): string =>
	digit === undefined ? hash : `${hash.slice(0, digit)}${hash[digit] === '0' ? '1' : '0'}${hash.slice(digit + 1)}`;

/** The use cases of leases and the broker's transitions, each on its own connections, as in one process. */
export async function openActors(config: Config, database: DatabaseAccess, cast: Cast) {
	const operator = (of: Player, ...roles: OperatorRole[]): OperatorPrincipal => ({
		kind: 'operator',
		user: cast[of][0],
		person: cast[of][1],
		roles: new Set(roles),
		proven: true,
	});
	const requester = operator('requester', 'OPERATOR');
	const owner = ownerOf(cast);
	const principals: Readonly<Record<Player, Principal>> = {
		requester,
		first: operator('first', 'APPROVER'),
		second: operator('second', 'APPROVER'),
		owner,
	};
	const planes = {
		operator: openPlaneOf(database, 'firmseal_operator', 3),
		firm: openPlaneOf(database, 'firmseal_firm', 3),
		broker: openPlaneOf(database, 'firmseal_broker', 3),
		glass: openPlaneOf(database, 'firmseal_break_glass', 3),
		holding: openPlaneOf(database, 'firmseal_break_glass', 3),
	};
	const logPlanes = {
		operator: openPlaneOf(database, 'firmseal_operator', 1),
		firm: openPlaneOf(database, 'firmseal_firm', 1),
		broker: openPlaneOf(database, 'firmseal_broker', 1),
	};
	const logs = {
		operator: openLog(logPlanes.operator),
		firm: openLog(logPlanes.firm),
		broker: openLog(logPlanes.broker),
	};
	const keyrings = {
		operator: await openKeyring(config, 'operator'),
		firm: await openKeyring(config, 'firm'),
		broker: await openKeyring(config, 'broker'),
	};
	const rightsOf = (side: 'operator' | 'firm') =>
		openRights({
			plane: openedFor[side],
			keyring: keyrings[side],
			audit: logs[side],
			config,
			clock: systemClock,
			onUnrecorded: () => {},
		});
	const openedFor = {
		operator: openPlaneOf(database, 'firmseal_operator', 1),
		firm: openPlaneOf(database, 'firmseal_firm', 1),
	};
	const rights = { operator: rightsOf('operator'), firm: rightsOf('firm') };
	const deskOf = (by: Principal): LeaseServices => {
		const acting = {
			actor: { kind: by.kind, user: by.user, roles: by.kind === 'firm' ? [by.role] : [...by.roles] },
			plane: by.kind,
			request: uuidv7(),
		} as const;
		return {
			plane: planes[by.kind],
			rights: rights[by.kind],
			clock: systemClock,
			record: (act) => logs[by.kind].append([draftEntry(acting, act)]),
			onUnproven: () => {},
		};
	};

	const ACTIONS = {
		ACTIVE: 'lease.start',
		EXPIRED: 'lease.expire',
		LAPSED: 'lease.lapse',
		REVOKED: 'lease.revoke',
	} as const;
	/** The broker's transitions without its checks, so that only the database decides. */
	async function moveAsBroker(id: string, to: keyof typeof ACTIONS): Promise<void> {
		if (to === 'EXPIRED') await markEnd(id, 'expires_at <= clock_timestamp()');
		if (to === 'REVOKED') await markEnd(id, 'true');
		await planes.broker.write(null, async (tx) => {
			const set =
				to === 'ACTIVE'
					? `activated_at = t.at, expires_at = t.at + minutes * interval '1 minute', activation_mac = decode(repeat('00', 36), 'hex')`
					: 'acted_by = null';
			const from = `(select date_trunc('milliseconds', clock_timestamp()) as at) t`;
			const { rowCount } = await tx.execute(
				`update leases set state = '${to}', ${set} from ${from} where id = '${id}' and state <> '${to}'`,
			);
			if (rowCount === 0) throw new FirmsealError('CONFLICT', 'It is so already.');
			await logs.broker.append([
				systemEntry('broker', {
					action: ACTIONS[to],
					firm: cast.firm,
					lease: id,
					...(to === 'ACTIVE' && { hash: '0'.repeat(64) }),
				}),
			]);
		});
	}
	const markEnd = (id: string, when: string) =>
		planes.broker.write(null, async (tx) => {
			await tx.execute(`insert into lease_ends (lease_id, firm_id) select id, firm_id from leases
				where id = '${id}' and state in ('ACTIVATING', 'ACTIVE') and ${when} on conflict do nothing`);
		});

	/** Ends what is due for this end, as the broker's round does. */
	async function exhaustAsBroker(id: string): Promise<void> {
		const parts = { plane: planes.broker, audit: logs.broker, keyring: keyrings.broker };
		const all = { wereActive: true, except: [], failedBefore: [], most: 1e6 };
		const due = await planes.broker.read(null, (tx) => selectDueLeases(tx, all));
		const isDue = due.some(({ lease, task }) => lease === id && task === 'EXHAUST');
		const attempt = { lockTimeout: READER_GRACE_MS, areGrantsRevoked: false };
		if (!isDue || !(await endByBroker(parts, { lease: id, firm: cast.firm }, 'EXHAUSTED', attempt)))
			throw new FirmsealError('CONFLICT', 'Nothing is to be done.');
	}

	/** Counts the read as answered, and ends nothing. */
	const read = (id: string, values: number): Promise<string> =>
		planes.glass.forLease(id).write(cast.firm, async (tx) => {
			const of = `'${id}', '${cast.firm}', '${cast.requester[0]}'`;
			const { rows } = await tx.execute(
				`select use_lease(${of}, '{NOTE}', '{Note.title}', array['${uuidv7()}']::uuid[], ${values}) as outcome`,
			);
			const outcome = rows[0]?.outcome as string;
			if (outcome === 'OPEN') await tx.execute(`select record_answered_reads(${of}, ${Math.sign(values)})`);
			return outcome;
		});

	const reading = {
		planes: { forReading: planes.glass, forHolding: planes.holding },
		plane: planes.operator,
		keyring: keyrings.operator,
		audit: logs.operator,
		cast,
	};

	async function take(id: string, requestHash: string, action: Action): Promise<unknown> {
		switch (action.do) {
			case 'approve': {
				const agreement = { leaseId: id, requestHash: withOther(requestHash, action.other) };
				return approveLease(deskOf(principals[action.by]), principals[action.by], new Date(), agreement);
			}
			case 'review':
				return reviewLease(deskOf(principals[action.by]), principals[action.by], new Date(), id);
			case 'deny':
				return denyLease(deskOf(principals[action.by]), principals[action.by], { leaseId: id });
			case 'revoke':
				return revokeLease(deskOf(principals[action.by]), principals[action.by], id);
			case 'cancel':
				return cancelLease(deskOf(requester), requester, id);
			case 'activate':
				return requestActivation(deskOf(requester), requester, id);
			case 'release':
				return releaseLease(deskOf(requester), requester, id);
			case 'start':
				return moveAsBroker(id, 'ACTIVE');
			case 'expire':
				return moveAsBroker(id, 'EXPIRED');
			case 'lapse':
				return moveAsBroker(id, 'LAPSED');
			case 'withdraw':
				return moveAsBroker(id, 'REVOKED');
			case 'exhaust':
				return exhaustAsBroker(id);
			case 'use':
				return readUnder(reading, id, action.values);
			case 'read': {
				const outcome = await read(id, action.values);
				if (outcome !== 'OPEN') throw new FirmsealError('LEASE_NOT_ACTIVE', outcome);
				return;
			}
			case 'policy':
				return setFirmAccessPolicy(deskOf(owner), owner, new Date(), action.policy);
		}
	}

	return {
		async request(special: object = {}): Promise<{ readonly id: string; readonly requestHash: string }> {
			const row = await requestLease(deskOf(requester), [], requester, {
				...wishOf(cast.firm, special),
				purpose: 'INCIDENT',
				classes: ['NOTE'],
			});
			return { id: row.id, requestHash: Buffer.from(row.requestHash).toString('hex') };
		},
		/** null if it succeeded; else the error code, or the SQLSTATE. */
		async attempt(id: string, requestHash: string, action: Action): Promise<string | null> {
			try {
				await take(id, requestHash, action);
				return null;
			} catch (error) {
				return String((error as { code?: unknown }).code ?? error);
			}
		},
		async close(): Promise<void> {
			await Promise.all(Object.values(logs).map((log) => log.close()));
			const all = [...Object.values(planes), ...Object.values(logPlanes), ...Object.values(openedFor)];
			await Promise.all(all.map((plane) => plane.close()));
		},
	};
}

export type Actors = Awaited<ReturnType<typeof openActors>>;
