import { FirmsealError } from '../../errors.ts';
import type { KeyContext, KeyGrant } from '../../keys/index.ts';
import type { FirmKeys } from './firm-keys.ts';

/** The same object means: nothing to write. Throws CONFLICT for a name that stands for another class. */
export function withGrant(keys: FirmKeys, grant: { name: string } & KeyContext, now: Date): FirmKeys {
	const known = keys.grants.find(({ name }) => name === grant.name);
	if (known?.class === grant.class) return keys;
	if (known) throw new FirmsealError('CONFLICT', 'A grant of that name exists for another class: choose another name.');
	const added = { name: grant.name, class: grant.class, createdAt: now.toISOString() };
	return { ...keys, grants: [...keys.grants, added] };
}

export function withoutGrant(keys: FirmKeys, name: string): FirmKeys {
	const grants = keys.grants.filter((grant) => grant.name !== name);
	return grants.length === keys.grants.length ? keys : { ...keys, grants };
}

export function grantsOf(firm: string, keys: FirmKeys): readonly KeyGrant[] {
	return keys.grants.map((grant) => ({
		name: grant.name,
		firm,
		class: grant.class,
		createdAt: new Date(grant.createdAt),
	}));
}

export function isGranted(keys: FirmKeys, keyClass: string): boolean {
	return keys.grants.some((grant) => grant.class === keyClass);
}
