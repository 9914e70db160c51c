import { FirmsealError } from '../../errors.ts';
import {
	assertKeyringRight,
	type KeyContext,
	type KeyGrant,
	type Keyring,
	KeyUnavailableError,
} from '../../keys/index.ts';
import type { LocalKeyringParts } from './current-keys.ts';
import type { FirmKeys } from './firm-keys.ts';
import { assertEnabled } from './life-cycle.ts';

export function createGrants({
	keys,
	principal,
}: LocalKeyringParts): Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants'> {
	return {
		async createGrant(grant) {
			assertKeyringRight(principal, 'createGrant');
			const changed = await keys.change(grant.firm, (before) => {
				assertEnabled(before);
				return withGrant(before, grant, keys.now());
			});
			const made = grantsIn(grant.firm, changed).find(({ name }) => name === grant.name);
			if (made) return made;
			throw new KeyUnavailableError('AWAY', 'The grant was written but cannot be found: check the key files.');
		},
		async revokeGrant({ firm, name }) {
			assertKeyringRight(principal, 'revokeGrant');
			await keys.changeIfAny(firm, (before) => withoutGrant(before, name));
		},
		async listGrants(firm) {
			assertKeyringRight(principal, 'listGrants');
			const found = await keys.find(firm);
			return found ? grantsIn(firm, found) : [];
		},
	};
}

/** Returns `keys` itself if nothing has to be written. Throws CONFLICT if a grant of this name has another class. */
export function withGrant(keys: FirmKeys, grant: { name: string } & KeyContext, now: Date): FirmKeys {
	const known = keys.grants.find(({ name }) => name === grant.name);
	if (known?.class === grant.class) return keys;
	if (known) throw new FirmsealError('CONFLICT', 'A grant of this name exists for another class: choose another name.');
	const added = { name: grant.name, class: grant.class, createdAt: now.toISOString() };
	return { ...keys, grants: [...keys.grants, added] };
}

function withoutGrant(keys: FirmKeys, name: string): FirmKeys {
	const grants = keys.grants.filter((grant) => grant.name !== name);
	return grants.length === keys.grants.length ? keys : { ...keys, grants };
}

function grantsIn(firm: string, keys: FirmKeys): readonly KeyGrant[] {
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
