import type { AgreedKind, KeyLogBody } from '../../custody/index.ts';
import type { Session } from './session.ts';

type Summaries = { readonly [K in AgreedKind]: (body: KeyLogBody<K>, nameOf: (person: string) => string) => string };

const CUSTODIES = {
	BACK: 'be given back to the platform, step by step',
	FIRM: 'be opened by devices of the firm only',
	MOVING: 'move into custody of the firm, step by step',
	PLATFORM: 'be opened by the platform for members',
} as const;

const SUMMARIES: Summaries = {
	'custody.set': (body) => `Content of the class ${body.class} is to ${CUSTODIES[body.custody]}.`,
	'device.revoke': ({ devices }) =>
		`Devices of an owner are to be removed from the firm: ${devices.map((id) => id.slice(0, 16)).join(', ')}.`,
	'key.retire': (body) =>
		`Version ${body.version} of the data key of ${body.class} is to be retired: nothing under it opens again.`,
	'member.remove': ({ person }, nameOf) => `The owner ${nameOf(person)} is to be removed from the firm.`,
	'member.role': ({ person, role }, nameOf) =>
		role === 'OWNER'
			? `${nameOf(person)} is to become an owner, who reads everything and decides with you.`
			: `${nameOf(person)} is to be a member, and an owner no longer.`,
	'recovery.set': ({ person, ways }, nameOf) =>
		ways.length === 0
			? `${nameOf(person)} is to have no way of recovery.`
			: `${nameOf(person)} is to have these ways of recovery, and no others: ${ways.map(({ way }) => WAYS[way]).join(', ')}.`,
	'release.trust': ({ manifests }) => `The firm is to trust ${manifests.length} releases of the application.`,
	'witness.policy': () => 'The firm is to require other witnesses of its key log.',
};

const WAYS = { CODE: 'a recovery code', OWNERS: 'shares that other owners hold' } as const;

/** What a proposal means, in a sentence. Names are those that the log commits to; a person without one is named by the id. */
export function summaryOf<K extends AgreedKind>(names: Session['names'], kind: K, body: KeyLogBody<K>): string {
	return SUMMARIES[kind](body, (person) => {
		const name = names.get(person)?.name;
		if (name === undefined) return `the person ${person}`;
		const isShared = [...names.values()].some((other) => other.name === name && other.person !== person);
		return isShared ? `${name} (${person}; another person has the same name)` : name;
	});
}
