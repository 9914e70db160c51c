import type { VaultState } from '../../../src/client/vault/index.ts';

export type PersonOfFirm = VaultState['people'][number];

/** The person of this device, as the key log has them; undefined if they are not in it. */
export const ownOf = ({ people, device }: VaultState): PersonOfFirm | undefined =>
	people.find(({ person }) => person === device.person);

export const isOwnerOf = (state: VaultState): boolean => ownOf(state)?.role === 'OWNER';

export const ownersOf = ({ people }: VaultState): readonly PersonOfFirm[] =>
	people.filter(({ role }) => role === 'OWNER');

/** In how many ways a person can still get back to the content after one of them is lost. */
export const countWays = ({ devices, recovery }: PersonOfFirm): number => devices.length + recovery.length;

/** The name that the key log commits to. It may be missing, and people may share one. */
export const nameOf = ({ people }: Pick<VaultState, 'people'>, person: string): string | null =>
	people.find((each) => each.person === person)?.name ?? null;
