import type { CustodyState, KeyLog, LogClass } from '../key-log.ts';
import { KeyLogError } from '../key-log-error.ts';
import {
	custodyOf,
	devicesOf,
	isEntitled,
	newestVersion,
	ownersOf,
	usableWaysOf,
	writableVersion,
} from '../queries.ts';
import { type LogRule, namedWith, requireOwner, withEntry } from './rule.ts';

const NO_VERSIONS: LogClass = { custody: 'PLATFORM', custodies: [], versions: new Map() };

/** The custodies that may follow each. FORMAT.md, section 5. */
const STEPS: Readonly<Record<CustodyState, readonly CustodyState[]>> = {
	PLATFORM: ['MOVING', 'FIRM'],
	MOVING: ['FIRM', 'PLATFORM'],
	FIRM: ['BACK'],
	BACK: ['PLATFORM', 'MOVING'],
};

/**
 * The next version of a class. An OWNER begins a class, and may leave out versions while it is in PLATFORM custody, because the platform
 * has used some there.
 */
export const generateKey: LogRule<'key.generate'> = (log, { body, seq }, signer) => {
	const { class: name, commitment, version } = body;
	const present = log.classes.get(name);
	if (!present) requireOwner(log, signer, seq);
	if (!isEntitled(log, signer.id, name)) throw new KeyLogError('entitled', seq);
	const newest = newestVersion(log, name);
	const mayLeaveOut = custodyOf(log, name) === 'PLATFORM' && log.people.get(signer.person)?.role === 'OWNER';
	if (version !== newest + 1 && !(mayLeaveOut && version > newest)) throw new KeyLogError('version', seq);
	const before = present ?? NO_VERSIONS;
	const versions = withEntry(before.versions, version, { commitment, generated: seq, stale: null, retired: null });
	return {
		namedClasses: namedWith(log, [name], seq),
		classes: withEntry(log.classes, name, { ...before, versions }),
	};
};

export const retireKey: LogRule<'key.retire'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const present = log.classes.get(body.class);
	const version = present?.versions.get(body.version);
	if (!present || !version || version.retired !== null) throw new KeyLogError('version-unknown', seq);
	if (body.version === newestVersion(log, body.class)) throw new KeyLogError('version-newest', seq);
	const versions = withEntry(present.versions, body.version, { ...version, retired: seq });
	return { classes: withEntry(log.classes, body.class, { ...present, versions }) };
};

export const setCustody: LogRule<'custody.set'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const { class: name, custody } = body;
	if (!STEPS[custodyOf(log, name)].includes(custody)) throw new KeyLogError('custody-step', seq);
	if (custody === 'MOVING' || custody === 'FIRM') requireWayIn(log, name, seq);
	const before = log.classes.get(name) ?? NO_VERSIONS;
	const custodies = [...before.custodies, { seq, value: custody }];
	return {
		classes: withEntry(log.classes, name, { ...before, custody, custodies }),
		isGuarded: true,
	};
};

/** A key to seal under, and for each OWNER two ways to get at it. */
function requireWayIn(log: KeyLog, className: string, seq: number): void {
	if (writableVersion(log, className) === null) throw new KeyLogError('custody-key', seq);
	for (const owner of ownersOf(log)) {
		if (devicesOf(log, owner).length + usableWaysOf(log, owner).length < 2) throw new KeyLogError('custody-ways', seq);
	}
}
