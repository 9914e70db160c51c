import { getNamedType, isEnumType } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import type { Variables } from './document.ts';
import type { FirmRows } from './firm-rows.ts';
import { type Call, nameOf, type Path, type Position, schema } from './input-positions.ts';

type Rule = (rows: FirmRows, position: Position) => unknown;

/** Values by the name of a position. Other positions get a value by type. */
const BY_NAME: Readonly<Record<string, Rule>> = {
	firmId: ({ firm }) => firm.id,
	authorId: ({ owner }) => owner,
	requestedById: ({ operator }) => operator,
	leaseId: (rows, { call }) => (call.field.name === 'auditEntries' ? uuidv7() : rows.leases.forOperation(call)),
	entryId: (rows) => rows.published().then(({ entry }) => entry),
	size: (rows) => rows.published().then(({ size }) => size),
	fromIndex: () => 0,
	jobId: (rows) => rows.fresh('Job'),
	requestHash: ({ jobs, leases }, { call }) => (call.field.name === 'approveJob' ? jobs : leases).requestHash(),
	state: (_, { call }) => (call.field.name === 'jobs' ? 'WAITING' : 'ACTIVE'),
	kind: () => 'BRING',
	isOpen: () => true,
	action: () => 'content.open',
	actorId: ({ owner }) => owner,
	coordinate: () => 'Document.description',
	recordId: (rows) => rows.row('Document'),
	isReviewed: () => false,
	rule: () => 'CONTENT_WITHOUT_LEASE',
	isAcknowledged: () => false,
	policy: () => 'APPROVE',
	ticket: () => 'SUP-1042',
	coordinates: () => 'Document.description',
	recordIds: (rows) => rows.row('Document'),
	userId: (rows) => rows.fresh('User'),
	invitationId: (rows) => rows.fresh('Invitation'),
	invitation: (rows) => rows.secret(),
	// The issuer of the people who join later.
	issuers: () => 'firmseal-development',
	domains: ({ firm }) => `${firm.slug}.example`,
	sharedWithId: (rows) => rows.row('Client'),
	first: () => 10,
	last: () => 10,
	after: (rows, { call }) => (call.field.name === 'keyLog' ? 0 : rows.cursor(call)),
	class: (_, { type }) => firstOfEnum(type) ?? 'NOTE',
	recipient: () => 'ab'.repeat(32),
	commitment: () => 'ab'.repeat(32),
	before: (rows, { call }) => rows.cursor(call),
	currency: () => 'EUR',
	mimeType: () => 'application/pdf',
	email: ({ firm }) => `${uuidv7()}@${firm.slug}.example`,
	number: async (rows, { call }) =>
		call.field.name === 'createDownload'
			? 1
			: call.root === 'query'
				? rows.inputOf(await rows.row('Invoice')).number
				: `${rows.firm.slug}-${uuidv7()}`,
};

/** Arguments that depend on each other: the others' values for the one at `path`. `undefined` omits an argument. */
const TOGETHER: Readonly<Record<string, (path: Path) => Variables>> = {
	inviteMember: memberOf,
	setMemberRole: memberOf,
	requestBreakGlass: () => ({}),
	// Sizes differ between trees.
	auditCheckpoint: ([name]) => (name === 'firmId' ? { size: undefined } : {}),
	// The cursors belong to another order, and no entry matches a full filter.
	auditEntries: ([name]) => ({
		...(name === 'fromIndex'
			? { orderBy: 'LEAF_INDEX', after: undefined, before: undefined }
			: { fromIndex: undefined }),
		...(name !== 'filter' && { filter: undefined }),
	}),
};

function memberOf(path: Path): Variables {
	return path.at(-1) === 'clientId' ? { role: 'CLIENT' } : { role: 'OWNER', clientId: undefined };
}

function firstOfEnum(type: Position['type']): string | undefined {
	const named = getNamedType(type);
	return isEnumType(named) ? named.getValues()[0]?.name : undefined;
}

/** Steps that an operation needs before it can succeed. */
const BEFORE: Readonly<Record<string, (rows: FirmRows, variables: Variables) => Promise<unknown>>> = {
	unshareWithClient: (rows, variables) => rows.succeed('shareWithClient', variables),
	requestBreakGlass: ({ leases }) => leases.end(),
	requestDevice: (rows) => rows.forgetDevices(),
	createDownload: async (rows) => rows.upload(await rows.row('Document')),
};

export const togetherWith = ({ field }: Call, path: Path): Variables => TOGETHER[field.name]?.(path) ?? {};

export const isConditional = ({ field }: Call): boolean => field.name in TOGETHER;

export const before = async (rows: FirmRows, { field }: Call, variables: Variables): Promise<unknown> =>
	BEFORE[field.name]?.(rows, variables);

/** Types of ids whose name differs from the type. */
const NAMED: Readonly<Record<string, string>> = {
	authorId: 'User',
	actorId: 'User',
	recordId: 'Document',
	requestedById: 'User',
	sharedWithId: 'Client',
	leaseId: 'BreakGlassLease',
	recordIds: 'Document',
};

/** Types of rows whose name differs from what a query answers with. */
const ANSWERED: Readonly<Record<string, string>> = { Node: 'Note', FirmJob: 'Job' };

/** The type of the row that an id refers to. The operation tells it for `id`, the name for other ids. */
export function typeOfId(position: Position): string {
	const { call } = position;
	const name = nameOf(position);
	if (name !== 'id') return NAMED[name] ?? capital(name.replace(/Id$/, ''));
	const [, type] = /^(?:create|update|delete|acknowledge)(\w+)$/.exec(call.field.name) ?? [];
	const answered = getNamedType(call.field.type).name;
	return type ?? ANSWERED[answered] ?? answered;
}

/** Whether the position is a new row's own id, which the client may choose. */
export const isOwnId = ({ call, path }: Position): boolean =>
	path.at(-1) === 'id' && call.field.name.startsWith('create');

export const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** @throws Error if no rule fits the position. It says what to add. */
export async function validValue(rows: FirmRows, position: Position): Promise<unknown> {
	const { type, limit, name: label } = position;
	const name = nameOf(position);
	const rule = BY_NAME[name];
	if (rule) return rule(rows, position);
	const named = getNamedType(type);
	if (isEnumType(named)) return firstOfEnum(type);
	switch (named.name) {
		case 'ID':
			return idFor(rows, position);
		case 'Int':
			return limit.min ?? 1;
		case 'Float':
			return 1;
		case 'Boolean':
			return true;
		case 'Decimal':
			return '12.5';
		case 'DateTime':
			return name.endsWith('From')
				? '2001-01-01T00:00:00.000Z'
				: name.endsWith('Before')
					? '2101-01-01T00:00:00.000Z'
					: '2026-11-01T12:00:00.000Z';
		case 'JSON':
			return { of: rows.firm.slug };
		case 'String': {
			const text = `${name} of ${rows.firm.slug} ${uuidv7()}`;
			if (limit.pattern === undefined || new RegExp(limit.pattern, 'u').test(text)) return text;
		}
	}
	throw new Error(
		`No value for ${label} is known: add one for ${name} to BY_NAME in test/attacks/bad-input/valid-values.ts.`,
	);
}

function idFor(rows: FirmRows, position: Position): Promise<string> | string {
	if (isOwnId(position)) return uuidv7();
	const type = typeOfId(position);
	if (type === 'Firm') return rows.firm.id;
	if (type === 'BreakGlassLease' || type === 'Job') return rows.row(type);
	if (type !== 'Alert' && !schema.getMutationType()?.getFields()[`create${type}`])
		throw new Error(
			`The type of ${position.name} is unknown: add it to BY_NAME in test/attacks/bad-input/valid-values.ts.`,
		);
	const isTarget = position.call.root === 'mutation' && position.path.at(-1) === 'id';
	return isTarget ? rows.fresh(type) : rows.row(type);
}
