import { MAX_PEOPLE } from '../bodies.ts';
import type { KeyLog, LogDevice, LogPerson, LogRole } from '../key-log.ts';
import { KeyLogError } from '../key-log-error.ts';
import { devicesOf, ownersOf } from '../queries.ts';
import { recoveryKeysOf } from './devices.ts';
import {
	type LogChange,
	type LogRule,
	namedWith,
	requireOwner,
	requirePerson,
	withEntry,
	withoutDevices,
} from './rule.ts';

/** A person who was removed can be added again, without the devices of before. */
export const addMember: LogRule<'member.add'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const before = log.people.get(body.person);
	if (before && before.role !== null) throw new KeyLogError('person-known', seq);
	const count = [...log.people.values()].filter(({ role }) => role !== null).length;
	if (count >= MAX_PEOPLE) throw new KeyLogError('person-limit', seq);
	const roles = [...(before?.roles ?? []), { seq, value: 'MEMBER' as const }];
	return { people: withEntry(log.people, body.person, { name: body.name, role: 'MEMBER', roles, ways: [] }) };
};

export const nameMember: LogRule<'member.name'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const person = requirePerson(log, body.person, seq);
	return { people: withEntry(log.people, body.person, { ...person, name: body.name }) };
};

/** Who agrees to a new OWNER agrees to the devices that this OWNER has. */
export const setRole: LogRule<'member.role'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const person = requirePerson(log, body.person, seq);
	if (person.role === body.role) throw new KeyLogError('role-same', seq);
	if (body.role === 'MEMBER') return withoutOwner(log, body.person, person, 'MEMBER', seq);
	const ids = devicesOf(log, body.person).map(({ id }) => id);
	if (ids.length === 0 || ids.sort().join() !== body.devices.join()) throw new KeyLogError('role-devices', seq);
	const roles = [...person.roles, { seq, value: 'OWNER' as const }];
	return { people: withEntry(log.people, body.person, { ...person, role: 'OWNER', roles }) };
};

export const removeMember: LogRule<'member.remove'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	const person = requirePerson(log, body.person, seq);
	if (person.role === 'OWNER') return withoutOwner(log, body.person, person, null, seq);
	const roles = [...person.roles, { seq, value: null }];
	return {
		people: withEntry(log.people, body.person, { ...person, role: null, roles }),
		devices: withoutDevices(log.devices, devicesOf(log, body.person), seq),
	};
};

export const setClasses: LogRule<'roles.classes'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	return {
		namedClasses: namedWith(log, body.MEMBER, seq),
		memberClasses: [...log.memberClasses, { seq, value: body.MEMBER }],
	};
};

/** The person loses the ways of recovery, and so does each OWNER of whose key the person holds a share. */
function withoutOwner(log: KeyLog, id: string, person: LogPerson, role: LogRole | null, seq: number): LogChange {
	if (ownersOf(log).length === 1) throw new KeyLogError('last-owner', seq);
	const people = new Map(log.people);
	people.set(id, { ...person, role, roles: [...person.roles, { seq, value: role }], ways: [] });
	for (const [each, { ways, ...rest }] of people) {
		const kept = ways.filter((way) => way.way === 'CODE' || !way.holders.includes(id));
		if (kept.length < ways.length) people.set(each, { ...rest, ways: kept });
	}
	const kept = new Set([...people.values()].flatMap(({ ways }) => ways.map((way) => way.id)));
	const ended: LogDevice[] = recoveryKeysOf(log.devices, [...people.keys()]).filter((key) => !kept.has(key.id));
	if (role === null) ended.push(...devicesOf(log, id));
	return { people, devices: withoutDevices(log.devices, ended, seq) };
}
