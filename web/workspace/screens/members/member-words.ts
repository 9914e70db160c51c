import type { FirmRole, MembersQuery } from '../../../kit/api/workspace.generated.ts';

export type Member = NonNullable<NonNullable<MembersQuery['viewer']['firm']>['members']>['nodes'][number];

export const ROLE_WORDS: Readonly<Record<FirmRole, string>> = {
	OWNER: 'Owner',
	MEMBER: 'Member',
	CLIENT: 'Portal client',
};

/** What a role may do, for someone who gives it. */
export const ROLE_MEANINGS: Readonly<Record<FirmRole, string>> = {
	OWNER: 'Everything: also people, keys, and who of the platform may read content.',
	MEMBER: 'Reads and writes all content of the firm.',
	CLIENT: 'A customer: sees only what is shared with their client, and writes messages.',
};

/** In the order in which a role is chosen. */
export const ROLES: readonly FirmRole[] = ['MEMBER', 'CLIENT', 'OWNER'];

export const FRESH = 'You are asked to sign in again, to confirm that it is you.';
