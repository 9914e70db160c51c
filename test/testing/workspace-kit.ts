import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal, OperatorPrincipal, Principal } from '../../src/access/index.ts';
import { createFormatError } from '../../src/api/errors/format-error.ts';
import {
	createContext,
	createLogger,
	createMetrics,
	createSchema,
	identifyPrincipal,
	type RequestContext,
	TABLE_OF,
} from '../../src/api/index.ts';
import type { EntryDraft } from '../../src/audit/index.ts';
import type { AppendingLog } from '../../src/audit-log/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { DatabaseError, type Plane, sealedColumns } from '../../src/database/index.ts';
import { responseGate } from '../../src/encryption-directive/index.ts';
import type { RequestServices } from '../../src/firms/index.ts';
import { type KitOptions, type KitPrincipal, type OpenedField, watchContent } from '../../src/testing/index.ts';
import { openAuthenticator, openKeyring, openLog, openPlaneOf, openRequestServices } from '../../src/wiring/index.ts';
import type { Person, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { watchStatements } from '../support/watch-statements.ts';
import { argumentsFor, leads } from './kit-arguments.ts';
import { type KitFirm, MARKER, makeKitFirm } from './kit-firm.ts';
import { makeKitLease, openKitLease } from './kit-lease.ts';
import { type Letter, opensFor, reachesFor } from './kit-rights.ts';

/** The parts of the composition that a test may remove or replace. */
const STILL = async () => true;

export interface Locks {
	/** The principal for which a request is decided. */
	principal(letter: Letter, principal: Principal): Principal;
	/** The services of a request. */
	services(letter: Letter, services: RequestServices, planes: Planes): RequestServices;
}
export type Planes = Readonly<Record<'firm' | 'portal' | 'operator', Plane>>;

export interface WorkspaceKit {
	readonly installation: TestInstallation;
	readonly firm: KitFirm;
	readonly options: KitOptions;
	/** Replaces a part while `work` runs. */
	without<T>(locks: Partial<Locks>, work: () => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

const NAMES: Readonly<Record<Letter, string>> = {
	O: 'OWNER',
	M: 'MEMBER',
	C: 'CLIENT',
	c: 'CLIENT, nothing shared',
	P: 'OPERATOR',
	L: 'OPERATOR, lease on notes',
	A: 'APPROVER',
	U: 'AUDITOR',
	X: 'OWNER of another firm',
};

const KEEP: Locks = { principal: (_letter, principal) => principal, services: (_letter, services) => services };

/** The project's own API in this process, composed as in src/processes/server.ts, with a caller of every kind. */
export async function makeWorkspaceKit(): Promise<WorkspaceKit> {
	const { installation, north, harbour, operator, approver, auditor } = await makePopulated(embedded);
	const { config, database, admin, person } = installation;
	const logger = createLogger({ level: 'silent' });
	const metrics = createMetrics();
	const { schema, registry } = createSchema();
	const planes: Planes = {
		firm: openPlaneOf(database, 'firmseal_firm'),
		portal: openPlaneOf(database, 'firmseal_portal'),
		operator: openPlaneOf(database, 'firmseal_operator'),
	};
	const logPlanes = {
		firm: openPlaneOf(database, 'firmseal_firm', 1),
		operator: openPlaneOf(database, 'firmseal_operator', 1),
	};
	const logs = { firm: openLog(logPlanes.firm), operator: openLog(logPlanes.operator) };
	const entries: EntryDraft[] = [];
	const audit: AppendingLog = {
		...logs.firm,
		async append(drafts) {
			const ids = await logs[drafts[0]?.plane === 'operator' ? 'operator' : 'firm'].append(drafts);
			entries.push(...drafts);
			return ids;
		},
	};
	const opened: (() => readonly OpenedField[])[] = [];
	const keyrings = { firm: await openKeyring(config, 'firm'), operator: await openKeyring(config, 'operator') };
	const servicesBySide = Object.fromEntries(
		await Promise.all(
			(['firm', 'operator'] as const).map(async (side) => {
				const services = openRequestServices({
					plane: planes[side],
					keyring: keyrings[side],
					audit,
					registry,
					config,
					metrics,
					logger,
					clock: systemClock,
				});
				const watched = watchContent(services.content);
				opened.push(watched.takeOpened);
				return [side, { ...services, content: watched.content }] as const;
			}),
		),
	) as Record<'firm' | 'operator', RequestServices>;

	const authenticate = await openAuthenticator(config);
	const rights = { firm: servicesBySide.firm.rights, operator: servicesBySide.operator.rights };
	const identified = async (bearer: Person) =>
		(await identifyPrincipal({ authenticate, plane: planes.firm, rights }, `Bearer ${bearer}`)).principal;
	const owner = (await identified(north.owner)) as FirmPrincipal;
	const firm = await makeKitFirm(installation, north, owner);
	const leaseOperator = await installation.addOperator('OPERATOR');
	const kitLease = await makeKitLease(installation, north, leaseOperator);
	const who: Readonly<Record<Letter, Principal>> = {
		O: owner,
		M: await identified(north.member),
		C: await identified(north.client),
		c: await identified(await person(firm.otherClient.email)),
		P: await identified(operator),
		L: await identified(leaseOperator),
		A: await identified(approver),
		U: await identified(auditor),
		X: await identified(harbour.owner),
	};

	const lease = openKitLease(
		installation,
		// Without the wait for published checkpoints, which is the same for all and would take most of the time.
		{
			...servicesBySide.operator,
			keyring: keyrings.operator,
			audit,
			registry,
			config: { ...config, proof: { operators: false } },
			logger,
		},
		kitLease,
		who.L as OperatorPrincipal,
	);
	let locks = KEEP;
	const servicesOf = (letter: Letter, principal: Principal): RequestServices => {
		const services = servicesBySide[principal.kind];
		const own =
			principal.kind === 'firm' && principal.client !== null
				? { ...services, plane: planes.portal.forClient(principal.client) }
				: services;
		return locks.services(letter, own, planes);
	};
	const apollo = new ApolloServer<RequestContext>({
		schema,
		formatError: createFormatError(logger),
		stopOnTerminationSignals: false,
		includeStacktraceInErrorResponses: false,
		plugins: [
			// Off as in the server, because it would wrap every resolver.
			ApolloServerPluginCacheControlDisabled(),
			responseGate<RequestContext>({
				contentOf: ({ services }) => services.content,
				principalOf: ({ principal }) => principal,
				requestIdOf: ({ requestId }) => requestId,
				leaseOf: (context) => context.lease,
			}),
		],
	});
	await apollo.start();
	const statements = watchStatements();

	const principalOf = (letter: Letter): KitPrincipal => ({
		name: NAMES[letter],
		opens: opensFor(letter),
		mayName: (field) => letter === 'X' || (letter === 'c' && opensFor('C')(field) === true),
		reaches: reachesFor(letter),
		ask: (documents) =>
			statements.within(async () => {
				entries.length = 0;
				for (const taken of opened) taken();
				statements.take();
				const principal = locks.principal(letter, who[letter]);
				const answers = [];
				for (const { query, variables } of documents) {
					const id = uuidv7();
					const own = letter === 'L' ? await lease.open(id) : null;
					const contextValue = createContext(
						id,
						{ principal, issuedAt: null, authTime: null, isPrincipalUnchanged: STILL },
						servicesOf(letter, principal),
						own,
					);
					const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
					answers.push(JSON.parse(JSON.stringify(body.kind === 'single' ? body.singleResult : {})));
					await own?.end();
				}
				return {
					answers,
					entries: [...entries],
					statements: statements.take(),
					opened: opened.flatMap((taken) => taken()),
				};
			}),
		async reads({ typeName, fieldName }) {
			const principal = locks.principal(letter, who[letter]);
			const column = columns.find((each) => each.typeName === typeName && each.fieldName === fieldName);
			const plane = letter === 'L' ? lease.plane : servicesOf(letter, principal).plane;
			const scope = letter === 'L' ? firm.id : principal.kind === 'firm' ? principal.firm : null;
			const found = sql`select count(*)::int as found from ${sql.identifier(column?.table ?? '')}
				where firm_id = ${firm.id} and ${sql.identifier(column?.column ?? '')} is not null`;
			try {
				const { rows } = await plane.read(scope, (tx) => tx.execute(found));
				return Number(rows[0]?.found) > 0;
			} catch (error) {
				if (error instanceof DatabaseError && error.code === '42501') return false;
				throw error;
			}
		},
	});
	const columns = sealedColumns(TABLE_OF);
	const letters = Object.keys(NAMES) as Letter[];
	return {
		installation,
		firm,
		options: {
			schema,
			registry,
			columns,
			marker: MARKER,
			principals: letters.map(principalOf),
			argumentsOf: argumentsFor(admin, firm, NAMES.X),
			leads,
		},
		async without(taken, work) {
			locks = { ...KEEP, ...taken };
			try {
				return await work();
			} finally {
				locks = KEEP;
			}
		},
		async close() {
			statements.end();
			await apollo.stop();
			await lease.close();
			await Promise.all(Object.values(logs).map((log) => log.close()));
			await Promise.all([...Object.values(planes), ...Object.values(logPlanes)].map((plane) => plane.close()));
			await installation.close();
		},
	};
}
