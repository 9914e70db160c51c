import { statementShape as statement } from '../device-statement.ts';
import {
	ascendingOf,
	base64Of,
	className,
	eitherOf,
	hash,
	installationName,
	integerUpTo,
	isAscending,
	isPlainObject,
	listOf,
	MAX_VERSION,
	oneOf,
	type Shape,
	type Shaped,
	seq,
	shapeOf,
	tableName,
	textUpTo,
	uuid,
} from '../shape.ts';

/** Limits of FORMAT.md, sections 4 and 5. */
export const MAX_CLASSES = 16;
export const MAX_PEOPLE = 1_000;
export const MAX_DEVICES = 16;

/** A row, in lists that are ascending by table and then row. */
export type SharedRecord = Shaped<typeof record>;
const record = shapeOf({ class: className, row: uuid, table: tableName });

function recordsUpTo(max: number): Shape<readonly SharedRecord[]> {
	const list = listOf(record, 1, max);
	return (value): value is readonly SharedRecord[] => list(value) && isAscending(value.map(recordKey));
}

/** A text for each (table, row). A slash is below every character of a table's name, so that these texts have the order of the records. */
export const recordKey = ({ table, row }: Pick<SharedRecord, 'table' | 'row'>): string => `${table}/${row}`;

const codeWay = shapeOf({ device: statement, way: oneOf('CODE') });
const ownersWay = shapeOf({
	device: statement,
	holders: ascendingOf(uuid, 2, MAX_DEVICES),
	k: integerUpTo(MAX_DEVICES),
	way: oneOf('OWNERS'),
});
/** How a person gets back in without a device: by a code, or by shares of `k` of the `holders`. */
export type RecoveryWay = Shaped<typeof codeWay> | Shaped<typeof ownersWay>;

const eachWay = listOf<RecoveryWay>(eitherOf(codeWay, ownersWay), 0, 2);
const ways: Shape<readonly RecoveryWay[]> = (value): value is readonly RecoveryWay[] =>
	eachWay(value) &&
	isAscending(value.map(({ way }) => way)) &&
	value.every((each) => each.device.kind === 'RECOVERY' && (each.way === 'CODE' || isThreshold(each)));

const isThreshold = ({ k, holders }: Shaped<typeof ownersWay>): boolean => k >= 2 && k <= holders.length;

const toOwner = shapeOf({ devices: ascendingOf(hash, 0, MAX_DEVICES), person: uuid, role: oneOf('OWNER') });
const toMember = shapeOf({ person: uuid, role: oneOf('MEMBER') });
const records = recordsUpTo(1_000);

/** The kinds that can need an agreement, and so a notice: FORMAT.md, section 6. */
const AGREED = {
	'custody.set': shapeOf({ class: className, custody: oneOf('BACK', 'FIRM', 'MOVING', 'PLATFORM') }),
	'device.revoke': shapeOf({ devices: ascendingOf(hash, 1, MAX_DEVICES) }),
	'key.retire': shapeOf({ class: className, version: integerUpTo(MAX_VERSION) }),
	'member.remove': shapeOf({ person: uuid }),
	'member.role': eitherOf(toOwner, toMember),
	'recovery.set': shapeOf({ person: uuid, ways }),
	'release.trust': shapeOf({ manifests: ascendingOf(hash, 0, 1_000) }),
	'witness.policy': shapeOf({ policy: textUpTo(8_192) }),
};

export type AgreedKind = keyof typeof AGREED;

export const AGREED_KINDS = Object.keys(AGREED) as readonly AgreedKind[];
/** An entry to come, as its `notice` announces it. */
type Announced = {
	readonly [K in AgreedKind]: { readonly body: Shaped<(typeof AGREED)[K]>; readonly kind: K };
}[AgreedKind];

const notice: Shape<Announced> = (value): value is Announced =>
	isPlainObject(value) &&
	Object.keys(value).length === 2 &&
	typeof value.kind === 'string' &&
	Object.hasOwn(AGREED, value.kind) &&
	AGREED[value.kind as AgreedKind](value.body);

/** The body of each kind of a firm's log. FORMAT.md, section 4. */
export const BODIES = {
	...AGREED,
	'device.add': shapeOf({ device: statement, person: uuid }),
	'firm.begin': shapeOf({ device: statement, installation: installationName, name: hash, person: uuid }),
	'key.generate': shapeOf({ class: className, commitment: base64Of(32), version: integerUpTo(MAX_VERSION) }),
	'lease.grant': shapeOf({ device: hash, hash, lease: uuid, records: recordsUpTo(200) }),
	'member.add': shapeOf({ name: hash, person: uuid }),
	'member.name': shapeOf({ name: hash, person: uuid }),
	notice,
	'roles.classes': shapeOf({ MEMBER: ascendingOf(className, 0, MAX_CLASSES) }),
	'share.begin': shapeOf({ head: hash, log: uuid, records, seq }),
	'share.end': shapeOf({ records, share: uuid }),
};

const named = shapeOf({ device: statement, name: hash, person: uuid });
const revoked = shapeOf({ devices: ascendingOf(hash, 1, 1_000) });

/** The body of each kind of a portal client's sub-log. */
export const SUB_LOG_BODIES = {
	'client.add': named,
	'client.revoke': revoked,
	'log.begin': shapeOf({ device: statement, installation: installationName, log: uuid, name: hash, person: uuid }),
	'share.begin': shapeOf({ records }),
	'share.end': shapeOf({ records }),
	'staff.add': named,
	'staff.revoke': revoked,
};
